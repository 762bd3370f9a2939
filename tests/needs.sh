# What tests and benchmarks need beside the .NET SDK, and how it gets here. Sourced from the root of the checkout by scripts that
# have a function `fail MESSAGE [EXIT CODE]` and a folder $results for logs.

# The unversioned name is what is loaded; the loader's cache may still list a file that is gone.
has_library() {
  local path
  path=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p | sed -n "s|^\s*$1\.so (.* => ||p")
  [[ -e ${path%%$'\n'*} ]]
}

has_package() {
  case $1 in
    libsecp256k1-dev) has_library libsecp256k1 ;;
    libsodium-dev) has_library libsodium ;;
    nodejs) command -v node ;;
    # It is preloaded by its path.
    faketime) compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' ;;
    # Debian keeps the server's programs out of the path.
    postgresql) command -v initdb || ls /usr/lib/postgresql/*/bin/initdb ;;
    prometheus) command -v prometheus && command -v promtool ;;
    systemd) command -v systemd-analyze ;;
    *) command -v "$1" ;;
  esac >/dev/null 2>&1
}

# Those of some Debian packages that are not here.
missing() {
  local package
  for package; do
    has_package "$package" || echo "$package"
  done
}

install() {
  local as_root=() packages=("$@") log=$results/apt.log
  local by_hand="apt-get install -y ${packages[*]}"
  command -v apt-get >/dev/null || fail "these are missing, and there is no apt-get to install them with: ${packages[*]}" 69
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "these are missing, and installing takes root or sudo. As root: $by_hand" 69
    as_root=(sudo)
    [[ -t 0 ]] || as_root+=(-n)
  fi
  echo "installing ${packages[*]} …" >&2
  if ! { "${as_root[@]}" apt-get -q update &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "${packages[@]}"; } >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    fail "could not install ${packages[*]}. As root: $by_hand" 69
  fi
}

require_node() {
  node --input-type=module -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' ||
    fail "needs Node.js 20 or later, found $(node --version)" 69
}

# The npm packages of folders whose lock files have changed since.
install_npm() {
  local folder lock
  for folder; do
    lock=$folder/package-lock.json
    [[ -e $lock ]] && ! cmp -s "$lock" "$folder/node_modules/.quorate-installed" || continue
    echo "installing npm packages for $folder …" >&2
    (cd "$folder" && npm ci --ignore-scripts --loglevel=error 9>&- </dev/null >&2) || fail "npm ci failed in $folder" 69
    mkdir -p "$folder/node_modules"
    cp "$lock" "$folder/node_modules/.quorate-installed"
  done
}
