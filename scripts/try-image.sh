#!/usr/bin/env bash
# Builds the images and plays a restore test through compose.yml on a real Docker engine, without a
# registry: the base image is a Debian made here with this machine's Node.js. For root on Debian or
# Ubuntu; installs what it lacks. The engine is its own, and it, its networks, users and files live in
# namespaces and overlays that end with this script; the packages stay. Exit 0 only when everything held.
set -euo pipefail
cd "$(dirname "$0")/.."
exec </dev/null

main() {
  [ "$(id -u)" -eq 0 ] || stop 'Only root can start a container engine and make a root file system.'
  command -v apt-get >/dev/null || stop 'This needs Debian or Ubuntu, whose packages it uses.'
  local node_major
  node_major=$(node -p 'process.versions.node.split(".")[0]') || stop 'There is no Node.js to put into the base image.'
  [ "$node_major" -ge 20 ] || stop "Node.js $node_major is too old."
  say 'Packages of the engine'
  install_packages
  work=$(mktemp -d /var/tmp/twokey-image.XXXXXX)
  trap 'rm -rf "$work"; find /sys/fs/cgroup -depth -type d -path "*/twokey-image*" -exec rmdir {} + 2>/dev/null || true' EXIT
  unshare --mount --uts --pid --fork --kill-child --mount-proc "$0" --inside "$work"
}

inside() {
  work=$1
  export DOCKER_HOST="unix://$work/docker.sock" COMPOSE_PROJECT_NAME=twokey
  project="$work/twokey"
  mkdir "$project"
  git ls-files -z --cached --others --exclude-standard --deduplicate | tar --null --files-from - --ignore-failed-read -c | tar -x -C "$project"
  say 'A root file system'
  make_base
  start_engine --bridge=none --iptables=false
  tar -C "$work/base" -c . | docker import --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' - twokey-base
  cd "$project"
  say 'Building the images'
  printf '%s\n' OPERATORS_GID=1 SLACK_BOT_TOKEN=x SLACK_APP_TOKEN=x POSTGRES_PASSWORD=x >.env
  quiet compose build bot runner
  quiet compose build postgres
  docker images
  say 'The images alone'
  try_images
  stop_engine
  say 'compose.yml'
  # From here on a network of its own, in which the engine may do as it likes.
  throw_away /etc /opt /srv /var/backups
  mount -t tmpfs tmpfs /run
  hostname twokey-trial
  start_engine
  follow_the_documentation
  try_compose
  stop_engine
  say 'Everything held.'
}

install_packages() {
  local missing=() policy=/usr/sbin/policy-rc.d made=no
  for pair in dockerd:docker.io docker:docker.io debootstrap:debootstrap docker-compose:docker-compose ip:iproute2 psql:postgresql-client; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
  done
  [ ${#missing[@]} -gt 0 ] || { echo 'All there.'; return; }
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && made=yes
  fi
  echo "Installing ${missing[*]}"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}"; } >/dev/null
  [ "$made" = no ] || rm -f "$policy"
}

# What an image such as node:24-bookworm-slim has: Debian, Node.js and npm; and the authorities this machine trusts.
make_base() {
  local base="$work/base" npm
  quiet debootstrap --variant=minbase --include=ca-certificates bookworm "$base" http://deb.debian.org/debian
  printf 'deb http://deb.debian.org/debian bookworm main\ndeb http://deb.debian.org/debian-security bookworm-security main\n' >"$base/etc/apt/sources.list"
  npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
  cp -L "$(command -v node)" "$base/usr/bin/node"
  mkdir -p "$base/usr/lib/node_modules"
  cp -a "$npm" "$base/usr/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$base/usr/bin/npm"
  cp -L /etc/ssl/certs/ca-certificates.crt "$base/etc/ssl/certs/"
  rm -rf "$base"/var/cache/apt/archives/*.deb "$base"/var/lib/apt/lists/*
  chroot "$base" node --version
}

try_images() {
  quiet docker run --rm --network none twokey --help
  for command in bot runner slack; do quiet docker run --rm --network none twokey "$command" --help; done
  echo 'A restore test inside the runner image, without a network:'
  quiet docker run --rm --network none twokey-runner demo --script
  docker run --rm --network none --entrypoint sh twokey-runner -c '[ "$(id -u)" = 10001 ] && ! touch /twokey/x 2>/dev/null'
  echo 'It held; the program is not root and cannot change itself.'
}

# docs/containers.md, line by line; systemd is not here to make /run/twokey.
follow_the_documentation() {
  groupadd --gid 10001 twokey
  useradd --uid 10001 --gid twokey --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin twokey
  groupadd --system operators
  useradd --no-create-home --groups operators dmitri
  install -d -m 3730 -o twokey -g operators /run/twokey
  install -d -m 0711 -o twokey -g twokey /srv/twokey
  install -d -m 0700 -o twokey -g twokey config config/bot config/runner
  local keys=(docker run --rm --network none -v "$PWD/config:/config" twokey keys)
  "${keys[@]}" new --kind order --out /config/bot/order.pem
  "${keys[@]}" new --kind log --out /config/bot/log.pem --origin ops.example.com/twokey
  "${keys[@]}" new --kind runner --out /config/runner/runner.pem
  docker create --name twokey-copy twokey >/dev/null && docker cp twokey-copy:/twokey /opt/twokey && docker rm twokey-copy >/dev/null
  printf '%s\n' "OPERATORS_GID=$(getent group operators | cut -d: -f3)" \
    SLACK_BOT_TOKEN=xoxb-local-twokey SLACK_APP_TOKEN=xapp-local-twokey "POSTGRES_PASSWORD=$(openssl rand -hex 16)" >.env
  log_key=$(shown_of vkey "$("${keys[@]}" show /config/bot/log.pem --origin ops.example.com/twokey)")
  write_settings \
    "$(shown_of 'public key' "$("${keys[@]}" show /config/runner/runner.pem)")" \
    "$(shown_of 'public key' "$("${keys[@]}" show /config/bot/order.pem)")"
}

shown_of() {
  sed -n "s/^$1  *//p" <<<"$2"
}

write_settings() {
  sed -e "s|\(ops-1: { key: '\)[^']*|\1$1|" -e 's|{ mode: socket }|{ mode: socket, api-url: http://slack:4700/api/ }|' \
    -e 's|C012AB3CD|C0INCIDENT|; s|C012AB3CE|C0AUDIT|; s|C012AB3CF|C0AUDIT|; s|S012AB3CD|S0ENGINEERS|; s|S012AB3CE|S0DBAPPROVERS|' \
    -e 's|\.\./\.\./|/twokey/|; s|host: 127.0.0.1, port: 7443|host: 0.0.0.0, port: 7443|' examples/restore-test/twokey.yml >config/bot/twokey.yml
  cat >config/runner/runner.yml <<YAML
runner: ops-1
bot: { url: 'ws://127.0.0.1:7443/runner', order-keys: ['$2'], log-key: '$log_key' }
key: /etc/twokey/runner.pem
state: /var/lib/twokey/runner
allow: { directory: /run/twokey, group: operators }
operators: [{ uid: $(id -u dmitri), slack: U0DMITRI }]
sandbox: { directory: /srv/twokey/sandbox }
targets:
  orders:
    environment: production
    backups: [{ name: nightly, kind: folder, folder: /var/backups/orders, patterns: ['orders_{YYYY}-{MM}-{DD}.dump'] }]
    verify: { database: orders, tables: { public.orders: 5000 }, migration: { head: { value: ae1027a6 } } }
    actions: [backup.fetch, sandbox.create, sandbox.restore, sandbox.verify]
YAML
  chown twokey: config/bot/twokey.yml config/runner/runner.yml
}

try_compose() {
  trap 'compose logs --no-color --tail 40' ERR
  quiet compose up -d postgres slack
  make_backup
  quiet compose up -d
  play
  echo 'The bot is restarted; the runner finds it again.'
  quiet compose restart bot
  play >/dev/null
  say 'The audit log'
  compose exec -T bot node /twokey/dist/main.js audit export --config /etc/twokey/twokey.yml --output /tmp/audit.ndjson
  compose exec -T bot cat /tmp/audit.ndjson >"$work/audit.ndjson"
  node /opt/twokey/dist/main.js audit verify "$work/audit.ndjson" --key "$log_key" --witness "$work/audit-channel.json"
  local processes
  processes=$(docker top "$(compose ps -q runner)" -eo pid,stat,args)
  if grep ' Z' <<<"$processes"; then stop 'Nobody waited for these processes of the runner.'; fi
  quiet compose down --volumes
}

play() {
  nsenter --net --target "$engine" node scripts/try-image/play.mjs /opt/twokey dmitri "$work/audit-channel.json"
}

# A day's backup of a database with 5,000 orders, from the stand-in for the bot's server.
make_backup() {
  local day
  day=$(date --utc +%F)
  until compose exec -T postgres pg_isready -q -U twokey; do sleep 1; done
  compose exec -T postgres psql -q -U twokey -v ON_ERROR_STOP=1 -c 'create database orders'
  compose exec -T postgres psql -q -U twokey -v ON_ERROR_STOP=1 -d orders -c "
    create table customers (id serial primary key, name text not null);
    create table orders (id serial primary key, customer int not null references customers, total numeric not null);
    create table alembic_version (version_num varchar(32) primary key);
    insert into customers (name) select 'Customer ' || i from generate_series(1, 200) i;
    insert into orders (customer, total) select 1 + i % 200, i from generate_series(1, 5000) i;
    insert into alembic_version values ('ae1027a6')"
  mkdir /var/backups/orders
  compose exec -T postgres pg_dump -U twokey -Fc orders >"/var/backups/orders/orders_$day.dump"
}

compose() {
  docker-compose --file compose.yml --file scripts/try-image/compose.yml --project-directory "$project" "$@"
}

# With arguments, on this machine's network; without, on one of its own with bridges and rules.
start_engine() {
  local flags=(--host "$DOCKER_HOST" --data-root "$work/engine" --exec-root "$work/exec" --pidfile "$work/docker.pid" --cgroup-parent /twokey-image)
  if [ $# -gt 0 ]; then
    dockerd "${flags[@]}" "$@" >>"$work/engine.log" 2>&1 &
  else
    unshare --net sh -c 'ip link set lo up && exec dockerd "$@"' sh "${flags[@]}" >>"$work/engine.log" 2>&1 &
  fi
  engine=$!
  for _ in $(seq 60); do
    docker version >/dev/null 2>&1 && return
    kill -0 "$engine" 2>/dev/null || break
    sleep 1
  done
  tail -n 20 "$work/engine.log" >&2
  stop 'The engine did not start.'
}

stop_engine() {
  kill "$engine"
  wait "$engine" || true
}

# Lays a layer over directories of the machine: what is changed in them is seen here alone.
throw_away() {
  local directory layer
  for directory in "$@"; do
    layer="$work/layers$directory"
    mkdir -p "$layer/upper" "$layer/work"
    mount -t overlay overlay -o "lowerdir=$directory,upperdir=$layer/upper,workdir=$layer/work" "$directory"
  done
}

# Shows what a command says only when it fails.
quiet() {
  local status=0
  echo "\$ $*"
  "$@" >"$work/quiet.log" 2>&1 || status=$?
  [ "$status" -eq 0 ] || tail -n 60 "$work/quiet.log" >&2
  return "$status"
}

say() {
  printf '\n== %s\n' "$1"
}

stop() {
  echo "$1" >&2
  exit 1
}

if [ "${1:-}" = --inside ]; then inside "$2"; else main; fi
