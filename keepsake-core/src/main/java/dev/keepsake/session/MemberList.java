package dev.keepsake.session;

import java.util.AbstractList;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** What a user sees of {@link Members}: a list that can be changed, and loads itself when it is first read. */
final class MemberList extends AbstractList<Object> {
    private final Members members;

    MemberList(Members members) {
        this.members = members;
    }

    Members members() {
        return members;
    }

    @Override
    public Object get(int index) {
        return members.at(index).object;
    }

    @Override
    public int size() {
        return members.current().size();
    }

    @Override
    public Iterator<Object> iterator() {
        return members.iterator();
    }

    @Override
    public void add(int index, Object element) {
        members.insert(index, element);
        modCount++;
    }

    @Override
    public boolean add(Object element) {
        int before = members.items().size();
        members.insert(before, element);
        modCount++;
        return members.items().size() > before;
    }

    @Override
    public Object remove(int index) {
        modCount++;
        return members.removeAt(index);
    }

    /** One that is in the list already changes places with the other, so that a list can be sorted and reversed. */
    @Override
    public Object set(int index, Object element) {
        return members.set(index, element);
    }

    /** A list that is not loaded is the same only as itself: comparing or printing it loads nothing. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (members.isLoaded() && super.equals(other));
    }

    @Override
    public int hashCode() {
        return members.isLoaded() ? super.hashCode() : System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return members.isLoaded() ? "[" + members.items().size() + " loaded]" : "[not loaded]";
    }
}
