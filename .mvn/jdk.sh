# Finds a JDK 21 or newer, for the scripts that read this file: find_jdk sets jdk, its folder, and version; it fails where
# there is none. JAVA_HOME first, then the usual folders, then what java on the PATH belongs to.

# The version that a JDK's own release file states; nothing where there is none, or where it cannot compile.
version_of() {
  local line
  [[ -x $1/bin/java && -x $1/bin/javac && -r $1/release ]] || return 0
  while IFS= read -r line || [[ -n $line ]]; do
    if [[ $line == JAVA_VERSION=* ]]; then
      line=${line#JAVA_VERSION=}
      line=${line//\"/}
      printf '%s' "${line//$'\r'/}"
      return 0
    fi
  done < "$1/release"
}

# Sets jdk and version, if this folder is a JDK 21 or newer.
take() {
  local found major
  found=$(version_of "$1")
  major=${found%%[!0-9]*}
  [[ -n $major && $major -ge 21 ]] || return 1
  jdk=$1
  version=$found
}

find_jdk() {
  local folder java
  if [[ -n ${JAVA_HOME:-} ]] && take "$JAVA_HOME"; then
    return 0
  fi
  for folder in /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*; do
    if [[ -d $folder ]] && take "$folder"; then
      return 0
    fi
  done
  if java=$(command -v java); then
    while [[ -L $java ]]; do
      folder=$(cd -P "$(dirname "$java")" && pwd)
      java=$(readlink "$java")
      [[ $java == /* ]] || java=$folder/$java
    done
    take "$(cd -P "$(dirname "$java")/.." && pwd)" && return 0
  fi
  return 1
}
