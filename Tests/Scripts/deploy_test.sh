#!/usr/bin/env bash
# Tests Scripts/deploy.sh: what it says, what it refuses, and what it installs into a root of its own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failures=0

wrong() {
    printf 'WRONG  %s\n' "$1"
    if [ -s "$folder/output" ]; then tail -n 20 "$folder/output" | sed 's/^/       /'; fi
    failures=$((failures + 1))
}

# deploy EXPECTED ARGUMENT...: runs the script, keeps what it says, and checks its exit code.
deploy() {
    local expected=$1 status=0
    shift
    Scripts/deploy.sh "$@" >"$folder/output" 2>&1 </dev/null || status=$?
    [ $status -eq "$expected" ] || wrong "deploy.sh $* gave $status, not $expected"
}

says() { grep -qF -- "$1" "$folder/output" || wrong "it does not say: $1"; }
says_nothing_of() { ! grep -qF -- "$1" "$folder/output" || wrong "it says: $1"; }
holds() { grep -qxF -- "$2" "$1" || wrong "$1 lacks: $2"; }
has_mode() { [ "$(stat -c %a "$1")" = "$2" ] || wrong "$1 has mode $(stat -c %a "$1"), not $2"; }

# A program that stands in for dsim: it knows some settings.
program=$folder/dsim
cat >"$program" <<'PROGRAM'
#!/bin/sh
[ "$*" = 'serve --help' ] && printf '  --flag  %s\n' HOST PORT LOG_LEVEL CONNECTIONS
PROGRAM
chmod 755 "$program"
token=0123456789abcdef0123
printf '%s\n' $token >"$folder/token"

printf 'It explains itself\n'
deploy 0 --help
says '--role discovery|node|backend'
says 'Exit codes'

printf 'It refuses what is wrong, and says why\n'
deploy 64
says '--role is needed'
deploy 64 --role storage
says "no role 'storage'"
deploy 64 --role
says '--role needs a value'
deploy 64 --role node --fast
says "no option '--fast'"
deploy 64 --role node --prefix relative
says '--prefix'
deploy 64 --role node --prefix '/a b'
deploy 64 --role node --set CAPACITY
says 'NAME=VALUE'
deploy 64 --role node --set path=/tmp
says "cannot set 'path'"
for variable in ROLE DATA_FOLDER NODES; do deploy 64 --role node --set $variable=1 --dry-run; done
deploy 64 --role node --set "SECRET_KEY=$token"
says_nothing_of $token
deploy 64 --role node --set PATH=/tmp --binary "$program" --dry-run
says "no setting 'PATH'"
deploy 64 --role node --set 'CAPACITY=1 GB'
says 'CAPACITY has a character'
deploy 64 --role node --set "JOIN_TOKEN=$token"
says '--join-token-file'
says_nothing_of $token
deploy 64 --role node --join-token-file <(echo short) --dry-run
says '16 or more'
says_nothing_of short
deploy 66 --role node --join-token-file "$folder/nothing" --dry-run
deploy 66 --role node --join-token-file /dev/null --dry-run
deploy 66 --role node --binary "$folder/nothing" --dry-run
deploy 66 --role node --root "$folder/nothing"
[ ! -e "$folder/nothing" ] || wrong 'a refused installation leaves something behind'

printf 'A dry run shows everything, changes nothing, and keeps secrets to itself\n'
mkdir "$folder/dry"
for role in discovery node backend; do
    deploy 0 --role $role --dry-run --join-token-file "$folder/token" --set CONNECTIONS=77
    says "useradd --system"
    says "/usr/local/bin/dsim"
    says "would write /etc/dsim/$role.env, mode 0600"
    says 'CONNECTIONS=77'
    says "ExecStart=/usr/local/bin/dsim serve --role $role"
    says 'NoNewPrivileges=yes'
    says "systemctl enable dsim-$role.service"
    says "systemctl restart dsim-$role.service"
    says_nothing_of $token
    deploy 0 --role $role --dry-run --root "$folder/dry" --prefix /opt/store
    says "$folder/dry/opt/store/bin/dsim"
    says_nothing_of useradd
    says_nothing_of 'would run: systemctl'
    deploy 0 --role $role --dry-run --uninstall
done
[ -z "$(ls -A "$folder/dry")" ] || wrong 'a dry run has written something'
deploy 0 --role node --dry-run
says 'is not started yet'
says_nothing_of 'would run: systemctl restart'
deploy 0 --role discovery --dry-run --no-start
says 'would run: systemctl enable'
says_nothing_of 'would run: systemctl restart'

printf 'Each role is installed, and its unit is one that systemd takes\n'
target=$folder/root
mkdir "$target"
for role in discovery node backend; do
    deploy 0 --role $role --root "$target" --binary "$program" --join-token-file "$folder/token" \
        --set HOST='[::1]' --set LOG_LEVEL=debug
    settings=$target/etc/dsim/$role.env
    unit=$target/etc/systemd/system/dsim-$role.service
    has_mode "$settings" 600
    has_mode "$unit" 644
    has_mode "$target/usr/local/bin/dsim" 755
    holds "$settings" "JOIN_TOKEN=$token"
    holds "$settings" 'HOST=[::1]'
    holds "$settings" 'LOG_LEVEL=debug'
    holds "$unit" "EnvironmentFile=/etc/dsim/$role.env"
    holds "$unit" "StateDirectory=dsim-$role"
    holds "$unit" "User=dsim-$role"
    holds "$unit" 'Restart=on-failure'
    holds "$unit" 'RestartPreventExitStatus=64 65 66 77'
    if command -v systemd-analyze >/dev/null; then
        # The program has to be there for the check, and is not outside of the root.
        sed "s,/usr/local/bin/dsim,$program," "$unit" >"$folder/dsim-$role.service"
        systemd-analyze verify "$folder/dsim-$role.service" >"$folder/output" 2>&1 ||
            wrong "systemd refuses dsim-$role.service"
    fi
done
[ -z "$(find "$target" -name '*.new')" ] || wrong 'temporary files stay'

printf 'Once more: the program is replaced, the settings stay\n'
echo '# another' >>"$program"
echo '# by hand' >>"$target/etc/dsim/node.env"
cp "$target/etc/dsim/node.env" "$folder/before"
deploy 0 --role node --root "$target" --binary "$program" --set PORT=7000
says 'change nothing: edit it'
cmp -s "$folder/before" "$target/etc/dsim/node.env" || wrong 'the settings were overwritten'
cmp -s "$program" "$target/usr/local/bin/dsim" || wrong 'the program was not replaced'

printf 'A discovery makes a join token of its own; others wait for it\n'
mkdir "$folder/fresh"
deploy 0 --role discovery --root "$folder/fresh" --binary "$program"
grep -qE '^JOIN_TOKEN=[0-9a-f]{64}$' "$folder/fresh/etc/dsim/discovery.env" ||
    wrong 'there is no random join token'
says "need the join token"
deploy 0 --role node --root "$folder/fresh" --binary "$program"
holds "$folder/fresh/etc/dsim/node.env" 'JOIN_TOKEN='

printf 'Uninstalling keeps data and settings, and the program while another role needs it\n'
mkdir -p "$target/var/lib/dsim-node"
touch "$target/var/lib/dsim-node/chunk"
deploy 0 --role node --root "$target" --uninstall
says 'Kept: the data'
[ ! -e "$target/etc/systemd/system/dsim-node.service" ] || wrong 'the unit stays'
[ -e "$target/etc/dsim/node.env" ] || wrong 'the settings are gone'
[ -e "$target/var/lib/dsim-node/chunk" ] || wrong 'the data is gone'
[ -e "$target/usr/local/bin/dsim" ] || wrong 'the program is gone that others need'
deploy 0 --role node --root "$target" --uninstall
deploy 0 --role discovery --root "$target" --uninstall
deploy 0 --role backend --root "$target" --uninstall
[ ! -e "$target/usr/local/bin/dsim" ] || wrong 'the program stays though nobody needs it'

if [ ! -d /run/systemd/system ]; then
    printf 'Without systemd it says so\n'
    deploy 69 --role node --binary "$program"
    says 'systemd does not run here'
fi

if [ $failures -gt 0 ]; then
    printf '%s checks failed\n' $failures
    exit 1
fi
