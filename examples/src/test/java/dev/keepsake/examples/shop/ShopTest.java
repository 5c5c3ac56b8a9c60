package dev.keepsake.examples.shop;

import static dev.keepsake.Keepsake.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keepsake.Keepsake;
import dev.keepsake.examples.Place;
import dev.keepsake.fault.Conflict;
import dev.keepsake.fault.Detached;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Violation;
import dev.keepsake.query.Figure;
import dev.keepsake.query.Request;
import dev.keepsake.session.Session;
import dev.keepsake.store.Guarded;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Classes written for a Hibernate project, used as they are; only {@link Category} has a line that knows Keepsake. */
@ParameterizedClass
@EnumSource(Place.class)
class ShopTest {
    @Parameter
    private Place place;

    private String url;
    private Keepsake keepsake;

    private final Category books = new Category("Books");
    private final Category novels = new Category("Novels");
    private final Product dune = new Product("B-1", "Dune", new BigDecimal("9.90"));
    private final Product emma = new Product("B-2", "Emma", new BigDecimal("7.50"));
    private final Customer ada = new Customer("Ada", "ada@example.org");

    @BeforeEach
    void fill() {
        url = place.url();
        keepsake = Keepsake.open(url, Customer.class, Order.class, OrderLine.class, Product.class, Category.class);
        keepsake.createAll();
        books.addChild(novels);
        dune.getCategories().add(novels);
        emma.getCategories().add(novels);
        emma.setDescription("A handsome, clever and rich young woman.");
        emma.setNote("not kept");
        ada.setAddress(new Address("1 Main Street", "London", "W1"));
        ada.getTags().addAll(Set.of("regular", "early"));
        ada.getPhones().addAll(List.of("2", "1"));
        Order first = new Order("2024-1", ada);
        first.addLine(new OrderLine(dune, 2));
        first.addLine(new OrderLine(emma, 1));
        keepsake.useTransaction(session -> session.addAll(List.of(books, dune, emma, ada, first)));
    }

    @AfterEach
    void close() {
        keepsake.close();
        place.drop(url);
    }

    private List<Request> requests(Runnable work) {
        List<Request> requests = new ArrayList<>();
        try (Guarded.Listening listening = keepsake.store().listen(requested -> requests.add(requested.request()))) {
            work.run();
        }
        return requests;
    }

    @Test
    void idsAndVersionsAreOnTheObjectsThatWereAdded() {
        assertThat(List.of(books, novels, dune, emma, ada)).allSatisfy(each -> {
            assertThat(each.getId()).isPositive();
            assertThat(each.getVersion()).isZero();
        });
    }

    @Test
    void everythingIsThereAgain() {
        keepsake.useTransaction(session -> {
            Customer loaded = session.get(Customer.class, ada.getId());
            assertThat(loaded).isEqualTo(ada).isNotSameAs(ada);
            assertThat(loaded.getName()).isEqualTo("Ada");
            assertThat(loaded.getCreatedAt())
                    .isBetween(
                            ada.getCreatedAt().minusMillis(1),
                            ada.getCreatedAt().plusMillis(1));
            assertThat(loaded.getAddress().getPostalCode()).isEqualTo("W1");
            assertThat(loaded.getBillingAddress()).isNull();
            assertThat(loaded.getTags()).containsExactlyInAnyOrder("regular", "early");
            assertThat(loaded.getPhones()).containsExactly("2", "1");

            Order order = loaded.getOrders().getFirst();
            assertThat(order.getStatus()).isEqualTo(OrderStatus.NEW);
            assertThat(order.getCustomer()).isSameAs(loaded);
            assertThat(order.getLines()).extracting(OrderLine::getQuantity).containsExactly(2, 1);
            assertThat(order.getTotal()).isEqualByComparingTo("27.30");

            Product product = order.getLines().get(1).getProduct();
            assertThat(product.getName()).isEqualTo("Emma");
            assertThat(product.isActive()).isTrue();
            assertThat(product.getDescription()).startsWith("A handsome");
            assertThat(product.getNote()).isNull();
            Category category = product.getCategories().iterator().next();
            assertThat(category.getName()).isEqualTo("Novels");
            assertThat(category.getParent().getName()).isEqualTo("Books");
            assertThat(category.getParent().getChildren()).containsExactly(category);
            assertThat(category.getParent().getParent()).isNull();
        });
    }

    @Test
    void changesOfFieldsAreWrittenAtCommit() {
        keepsake.useTransaction(session -> {
            Customer loaded = session.get(Customer.class, ada.getId());
            loaded.setName("Ada L.");
            loaded.getAddress().setCity("Oxford");
            loaded.setBillingAddress(new Address("2 High Street", "Bath", "BA1"));
            loaded.getTags().remove("early");
            loaded.getPhones().add("3");
            loaded.getOrders().getFirst().setStatus(OrderStatus.PAID);
        });

        keepsake.useTransaction(session -> {
            Customer again = session.get(Customer.class, ada.getId());
            assertThat(again.getName()).isEqualTo("Ada L.");
            assertThat(again.getAddress().getCity()).isEqualTo("Oxford");
            assertThat(again.getAddress().getStreet()).isEqualTo("1 Main Street");
            assertThat(again.getBillingAddress().getCity()).isEqualTo("Bath");
            assertThat(again.getTags()).containsExactly("regular");
            assertThat(again.getPhones()).containsExactly("2", "1", "3");
            assertThat(again.getOrders().getFirst().getStatus()).isEqualTo(OrderStatus.PAID);
            assertThat(again.getVersion()).isEqualTo(1);
        });
    }

    @Test
    void aLineThatIsTakenOutIsDeleted() {
        keepsake.useTransaction(session -> {
            Order order = session.query(Order.class).one();
            order.removeLine(order.getLines().getFirst());
            order.addLine(new OrderLine(session.get(Product.class, dune.getId()), 5));
        });

        assertThat(keepsake.query(OrderLine.class).orderBy("quantity").list())
                .extracting(OrderLine::getQuantity)
                .containsExactly(1, 5);
    }

    @Test
    void anOrderTakesItsLinesWithIt() {
        keepsake.useTransaction(
                session -> session.delete(session.query(Order.class).one()));

        assertThat(keepsake.query(OrderLine.class).count()).isZero();
        assertThat(keepsake.query(Product.class).count()).isEqualTo(2);
        assertThat(keepsake.query(Customer.class).count()).isEqualTo(1);
    }

    @Test
    void whoChangesAnOldVersionIsTold() {
        try (Session mine = keepsake.session()) {
            Product loaded = mine.get(Product.class, dune.getId());
            mine.commit();
            keepsake.useTransaction(
                    other -> other.get(Product.class, dune.getId()).setPrice(new BigDecimal("8.00")));
            loaded.setName("Dune Messiah");

            assertThatThrownBy(mine::commit)
                    .isInstanceOf(Conflict.class)
                    .hasMessageContaining("products " + dune.getId() + " was changed by someone else")
                    .hasMessageContaining("version: expected 0, found 1");

            mine.rollback();
            mine.refresh(loaded);
            loaded.setName("Dune Messiah");
            mine.commit();
        }
        Product now = keepsake.get(Product.class, dune.getId());
        assertThat(now.getName()).isEqualTo("Dune Messiah");
        assertThat(now.getPrice()).isEqualByComparingTo("8");
        assertThat(now.getVersion()).isEqualTo(2);
    }

    @Test
    void aDetachedObjectIsPutBackByItsVersion() {
        Product detached = keepsake.get(Product.class, dune.getId());
        keepsake.useTransaction(other -> other.get(Product.class, dune.getId()).setPrice(new BigDecimal("8.00")));
        detached.setName("Children of Dune");

        assertThatThrownBy(() -> keepsake.useTransaction(session -> {
                    session.get(Product.class, dune.getId());
                    session.put(detached);
                }))
                .isInstanceOf(Conflict.class);
    }

    @Test
    void aSecondCustomerWithTheSameAddressIsRefused() {
        assertThatThrownBy(
                        () -> keepsake.useTransaction(session -> session.add(new Customer("Eve", "ada@example.org"))))
                .isInstanceOf(Violation.class)
                .satisfies(e -> assertThat(((Fault) e).problem()).isEqualTo(Problem.UNIQUE_VIOLATION));
    }

    @Test
    void aCustomerWithOrdersStays() {
        assertThatThrownBy(() ->
                        keepsake.useTransaction(session -> session.delete(session.get(Customer.class, ada.getId()))))
                .isInstanceOf(Violation.class)
                .satisfies(e -> assertThat(((Fault) e).problem()).isEqualTo(Problem.REFERENCE_VIOLATION));
    }

    @Test
    void outsideItsSessionALazyListSaysWhatToDo() {
        Order detached = keepsake.query(Order.class).one();
        assertThatThrownBy(() -> detached.getLines().size())
                .isInstanceOf(Detached.class)
                .hasMessageContaining("Order.lines is not loaded");

        Order fetched = keepsake.query(Order.class).fetch(Order::getLines).one();
        assertThat(fetched.getLines()).hasSize(2);
    }

    @Test
    void queriesNameWhatTheClassesHave() {
        assertThat(keepsake.query(Product.class)
                        .where(field(Product::getPrice)
                                .lt(8)
                                .and(field(Product::isActive).eq(true)))
                        .list())
                .extracting(Product::getName)
                .containsExactly("Emma");
        assertThat(keepsake.query(Order.class)
                        .where(field("customer.address.city").eq("London"))
                        .count())
                .isEqualTo(1);
        assertThat(keepsake.query(Order.class)
                        .where(field(Order::getStatus).eq(OrderStatus.NEW))
                        .count())
                .isEqualTo(1);
        assertThat(keepsake.query(Order.class)
                        .where(field("lines.product.sku").eq("B-2"))
                        .one()
                        .getNumber())
                .isEqualTo("2024-1");
        assertThat(keepsake.query(Product.class)
                        .where(field("categories.parent.name").eq("Books"))
                        .orderBy("name")
                        .list())
                .extracting(Product::getName)
                .containsExactly("Dune", "Emma");
        assertThat(keepsake.query(Customer.class)
                        .where(field(Customer::getTags).has("early"))
                        .exists())
                .isTrue();
        assertThat(keepsake.query(Category.class)
                        .where(field(Category::getParent).isNull())
                        .one()
                        .getName())
                .isEqualTo("Books");
        assertThat(keepsake.query(OrderLine.class)
                        .groupBy(field("product.sku"))
                        .select(
                                field("product.sku").as("sku"),
                                Figure.sum(field("quantity")).as("sold"))
                        .orderBy(field("sku").asc())
                        .list())
                .extracting(row -> row.get("sku") + " " + row.get("sold"))
                .containsExactly("B-1 2", "B-2 1");
    }

    @Test
    void ordersWithTheirLinesAndProductsAreFewStatements() {
        keepsake.useTransaction(session -> {
            Customer customer = session.get(Customer.class, ada.getId());
            for (int i = 2; i <= 10; i++) {
                Order order = new Order("2024-" + i, customer);
                order.addLine(new OrderLine(session.get(Product.class, emma.getId()), i));
                session.add(order);
            }
        });

        List<Order> all = new ArrayList<>();
        List<Request> requests = requests(() ->
                all.addAll(keepsake.query(Order.class).fetch("lines.product").list()));

        assertThat(all)
                .hasSize(10)
                .allSatisfy(order -> assertThat(order.getTotal()).isPositive());
        assertThat(requests).as("orders, customers, lines, products").hasSize(4);
    }

    @Test
    void anObjectThatDidNotChangeIsNotWritten() {
        List<Request> requests = requests(() -> keepsake.useTransaction(session -> {
            Customer loaded = session.get(Customer.class, ada.getId());
            loaded.setName(loaded.getName());
            loaded.setAddress(new Address("1 Main Street", "London", "W1"));
        }));

        assertThat(requests).hasSize(1);
    }
}
