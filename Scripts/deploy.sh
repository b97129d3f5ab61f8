#!/usr/bin/env bash
# Makes this machine a server of a DecentraStore network; run again, it upgrades the server.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=prepare.sh
. "$(dirname "${BASH_SOURCE[0]}")/prepare.sh"

usage() {
    cat <<'USAGE'
Makes this machine a server of a DecentraStore network: builds dsim, installs it, and has systemd run
it. Run it again to upgrade. What is asked for as root goes through sudo; run it as yourself.

    Scripts/deploy.sh --role discovery|node|backend [options]

    --join-token-file FILE  the network's join token, on the first line; - for standard input. Without
                            it, the first discovery makes one, and the others wait until you have
                            written it into their settings.
    --set NAME=VALUE        write this setting when the file of settings is made, such as
                            --set CAPACITY=2TB; may be given several times
    --prefix DIR            install DIR/bin/dsim (default: /usr/local)
    --binary FILE           install this program instead of building one
    --no-start              leave starting it to you, as when certificates are still to come
    --root DIR              install into DIR as if it were /; no users, no systemd, no root
    --dry-run               print every action and the files' content, and change nothing
    --uninstall             stop the server and remove it; data, settings and user stay
    --help                  print this

Makes
    DIR/bin/dsim                            the program
    /etc/dsim/ROLE.env                      settings and the join token, for root only; never changed
                                            once it is there (`dsim serve --help` explains them)
    /etc/systemd/system/dsim-ROLE.service   the unit
    /var/lib/dsim-ROLE                      the data, for the user dsim-ROLE only; may be a disk of
                                            its own that is mounted there

Exit codes: 0 done, 64 wrong usage, 66 a file cannot be read, 69 something that is needed is not there
(Swift, a library, systemd), 75 the server does not stay up, 77 not allowed.
USAGE
}

# Prints why, and ends with an exit code.
refuse() {
    printf 'deploy.sh: %s\n' "$2" >&2
    exit "$1"
}

wrong_usage() { refuse 64 "$1 See Scripts/deploy.sh --help."; }

# What the command line says.

role=
prefix=/usr/local
target_root=
binary=
token_file=
token=
is_dry=
is_uninstall=
starts=yes
settings=()

parse_arguments() {
    while [ $# -gt 0 ]; do
        case $1 in
            --help | -h)
                usage
                exit 0
                ;;
            --dry-run) is_dry=yes ;;
            --uninstall) is_uninstall=yes ;;
            --no-start) starts= ;;
            --role | --prefix | --root | --binary | --join-token-file | --set)
                [ $# -gt 1 ] || wrong_usage "$1 needs a value."
                [ -n "$2" ] || wrong_usage "$1 needs a value that is not empty."
                case $1 in
                    --role) role=$2 ;;
                    --prefix) prefix=$2 ;;
                    --root) target_root=$2 ;;
                    --binary) binary=$2 ;;
                    --join-token-file) token_file=$2 ;;
                    --set) settings+=("$2") ;;
                esac
                shift
                ;;
            *) wrong_usage "There is no option '$1'." ;;
        esac
        shift
    done
    case $role in
        discovery | node | backend) ;;
        '') wrong_usage '--role is needed: discovery, node or backend.' ;;
        *) wrong_usage "There is no role '$role': it is discovery, node or backend." ;;
    esac
    # A unit names the program by its whole path, and systemd would read some characters its own way.
    [[ $prefix =~ ^/[A-Za-z0-9._/-]*$ ]] ||
        wrong_usage '--prefix is a whole path of letters, digits, dots, dashes and underscores.'
    prefix=${prefix%/}
    if [ -n "$target_root" ] && [ -z "$is_dry" ] && [ ! -d "$target_root" ]; then
        refuse 66 "$target_root is not a folder."
    fi
    target_root=${target_root%/}
    if [ -n "$binary" ] && [ ! -x "$binary" ]; then
        refuse 66 "$binary is no program that can be run."
    fi
    check_settings
    read_token
}

# What --set may set: all that the program knows (see check_known_settings) but what this script decides,
# and secrets, which anyone can see on a command line.
check_settings() {
    local setting name allowed='^[][A-Za-z0-9.,:/_@+=-]+$'
    for setting in ${settings[@]+"${settings[@]}"}; do
        name=${setting%%=*}
        [[ $setting == *=?* ]] || wrong_usage "--set takes NAME=VALUE."
        case $name in
            JOIN_TOKEN) wrong_usage 'JOIN_TOKEN is a secret: give it with --join-token-file.' ;;
            SECRET_KEY) wrong_usage 'SECRET_KEY is a secret: write it into the file of settings.' ;;
        esac
        [[ $name =~ ^[A-Z_]+$ && ! $name =~ ^(ROLE|DATA_FOLDER|NODES)$ ]] ||
            wrong_usage "--set cannot set '$name'."
        [[ ${setting#*=} =~ $allowed ]] ||
            wrong_usage "The value of $name has a character that does not belong there."
    done
}

# Reads the join token that the caller gives.
read_token() {
    if [ -z "$token_file" ]; then return 0; fi
    if [ "$token_file" = - ]; then
        IFS= read -r token || [ -n "$token" ] ||
            refuse 66 'Standard input ends before the join token.'
    else
        [ -r "$token_file" ] || refuse 66 "$token_file cannot be read."
        IFS= read -r token <"$token_file" || [ -n "$token" ] || refuse 66 "$token_file is empty."
    fi
    [[ $token =~ ^[A-Za-z0-9._+/=-]{16,}$ ]] ||
        wrong_usage 'A join token has 16 or more letters, digits and . _ + / = -.'
}

# The value that --set gives a setting, else $2.
setting() {
    local setting value=$2
    for setting in ${settings[@]+"${settings[@]}"}; do
        [ "${setting%%=*}" != "$1" ] || value=${setting#*=}
    done
    printf '%s' "$value"
}

# Doing things, or saying what would be done.

say() { printf '%s\n' "$1"; }

# Runs a command with the rights that the target needs.
act() {
    if [ -n "$is_dry" ]; then
        printf 'would run:'
        printf ' %q' "$@"
        printf '\n'
    elif [ -n "$target_root" ] || [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# Whether a file of the target is there; asks with its rights, as its folder may be closed to us.
is_there() {
    if [ -n "$is_dry" ]; then
        [ -e "$target_root$1" ]
    else
        act test -e "$target_root$1"
    fi
}

# Owner and group as root has them; a root of one's own is one's own.
ownership=()

# write PATH MODE CONTENT: a file of the target, which appears whole. Dry, a secret is not shown.
write() {
    local path=$target_root$1 temporary
    if [ -n "$is_dry" ]; then
        say "would write $path, mode $2:"
        printf '%s\n' "$3" | sed -e 's/^\(JOIN_TOKEN=\)..*/\1(secret)/' -e 's/^/    /' -e 's/ *$//'
        return 0
    fi
    temporary=$(mktemp) # for its owner only
    printf '%s\n' "$3" >"$temporary"
    act install -D -m "$2" ${ownership[@]+"${ownership[@]}"} "$temporary" "$path.new" ||
        { rm -f "$temporary"; return 1; }
    rm -f "$temporary"
    act mv -f "$path.new" "$path"
}

# The parts of an installation.

check_rights() {
    if [ -n "$is_dry" ] || [ -n "$target_root" ]; then return 0; fi
    [ -d /run/systemd/system ] ||
        refuse 69 'systemd does not run here. --dry-run shows what would be done; dsim serve --help tells how to run a server by other means.'
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || refuse 77 'sudo is missing. Run this as root.'
        sudo -v || refuse 77 'sudo does not let you. Run this as root.'
    fi
}

build() {
    if [ -n "$binary" ]; then return 0; fi
    # With Swift's libraries inside, as a server has no Swift; apart from the builds of Scripts/dsim.
    local folder=$root/.build/deploy
    binary=$folder/release/dsim
    if [ -n "$is_dry" ]; then
        say "would build $binary"
        return 0
    fi
    prepare
    say 'Building dsim; the first time takes some minutes'
    swift build --package-path "$root" --scratch-path "$folder" -c release --product dsim \
        --static-swift-stdlib >&2 || fail 'the build failed; what the compiler says stands above.'
}

check_libraries() {
    if [ ! -e "$binary" ]; then return 0; fi
    local libraries missing
    libraries=$(ldd "$binary" 2>/dev/null) || return 0 # it needs none
    missing=$(sed -n 's/^[[:space:]]*\([^ ]*\) => not found/\1/p' <<<"$libraries" | tr '\n' ' ')
    [ -z "$missing" ] || refuse 69 "The program needs libraries that are missing here: ${missing% }. Install them with

    sudo apt-get update && sudo apt-get install --yes libssl3 libsqlite3-0 libzstd1

and try again."
}

# Only the program knows which settings there are; a dry run may not have it yet.
check_known_settings() {
    if [ ${#settings[@]} -eq 0 ] || [ ! -e "$binary" ]; then return 0; fi
    local setting known
    known=$("$binary" serve --help) || refuse 69 "$binary does not tell its settings."
    for setting in "${settings[@]}"; do
        grep -qE -- "^  --[a-z-]+  ${setting%%=*}$" <<<"$known" ||
            wrong_usage "There is no setting '${setting%%=*}'."
    done
}

add_user() {
    if [ -n "$target_root" ] || id "$unit" >/dev/null 2>&1; then return 0; fi
    act useradd --system --user-group --home-dir "/var/lib/$unit" --no-create-home \
        --shell /usr/sbin/nologin --comment 'DecentraStore' "$unit"
}

install_program() {
    local path=$target_root$program
    # In two steps, so that a server that is started meanwhile finds the old one or the new one.
    act install -D -m 0755 ${ownership[@]+"${ownership[@]}"} "$binary" "$path.new"
    act mv -f "$path.new" "$path"
}

# line NAME VALUE always|optional WORDS: what --set gives a setting, else VALUE, or that commented out.
line() {
    local value
    written+="$1 "
    value=$(setting "$1" '')
    printf '\n# %s\n' "$4"
    if [ -n "$value" ]; then
        printf '%s=%s\n' "$1" "$value"
    elif [ "$3" = always ]; then
        printf '%s=%s\n' "$1" "$2"
    else
        printf '#%s=%s\n' "$1" "$2"
    fi
}

# The content of the file of settings.
environment() {
    local scheme=http port name written=' '
    [ -z "$(setting TLS_CERTIFICATE '')" ] || scheme=https
    case $role in
        discovery) port=4000 ;;
        node) port=6001 ;;
        backend) port=5000 ;;
    esac
    port=$(setting PORT $port)
    name=$(hostname -f 2>/dev/null || uname -n)
    printf '# Settings of %s; dsim serve --help explains them and knows more.\n' "$unit"
    printf '# After a change: systemctl restart %s\n' "$unit"
    printf '\n# The secret that admits servers to the network, the same on all of them.\n'
    printf 'JOIN_TOKEN=%s\n' "$token"
    line HOST 0.0.0.0 always 'The address to listen on.'
    line PORT "$port" always 'The port to listen on.'
    if [ "$role" != discovery ]; then
        line PUBLIC_URL "$scheme://$name:$port" always 'How the other servers reach this one.'
        line DISCOVERY_URL http://127.0.0.1:4000 always 'All discoveries, with commas between them; the same on all servers.'
    fi
    case $role in
        discovery) ;;
        node)
            line CAPACITY 100GB always 'Bytes to offer; leave some of the disk free.'
            line FAILURE_DOMAIN 0 always 'A number that nodes share which fail together: a machine, a rack, a house.'
            ;;
        backend)
            line REPLICAS 3 optional 'Replicas that each chunk should have.'
            line WRITE_QUORUM 2 optional 'Durable replicas that an upload waits for.'
            line DEAD_AFTER 12h optional "Silence after which a node's chunks are copied elsewhere."
            ;;
    esac
    line TLS_CERTIFICATE "/etc/dsim/$role.pem" optional "Certificate and chain (PEM), readable for $unit: serves https."
    line TLS_KEY "/etc/dsim/$role.key" optional "Its private key (PEM), readable for $unit only."
    [ "$role" = discovery ] || line TLS_CA /etc/dsim/ca.pem optional "An authority to trust besides the system's (PEM)."
    line LOG_FORMAT text optional 'text, or json: an object a line.'
    local setting
    for setting in ${settings[@]+"${settings[@]}"}; do
        [[ $written == *" ${setting%%=*} "* ]] || printf '\n%s\n' "$setting"
    done
}

write_environment() {
    if is_there "$environment_file"; then
        say "keeping $target_root$environment_file"
        if [ ${#settings[@]} -gt 0 ] || [ -n "$token_file" ]; then
            say 'It was there before, so --set and --join-token-file change nothing: edit it.' >&2
        fi
        return 0
    fi
    if [ -z "$token" ] && [ "$role" = discovery ]; then
        token=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
    fi
    write "$environment_file" 0600 "$(environment)"
}

unit_content() {
    local title
    case $role in
        discovery) title='discovery' ;;
        node) title='storage node' ;;
        backend) title='backend' ;;
    esac
    cat <<UNIT
[Unit]
Description=DecentraStore $title
# Signatures between servers count for a minute: the clock has to be right.
Wants=network-online.target time-sync.target
After=network-online.target time-sync.target

[Service]
Type=exec
ExecStart=$program serve --role $role
User=$unit
Group=$unit
Environment=DATA_FOLDER=/var/lib/$unit
EnvironmentFile=$environment_file
StateDirectory=$unit
StateDirectoryMode=0700
UMask=0077

Restart=on-failure
RestartSec=5
# A wrong setting, wrong data, a file that cannot be read, no permission: trying again mends none.
RestartPreventExitStatus=64 65 66 77
# A stop lets what is under way finish, for 20 seconds at most.
KillSignal=SIGTERM
KillMode=mixed
TimeoutStopSec=30
LimitNOFILE=65536
LimitCORE=0

NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
UNIT
}

# Whether the file of settings has a join token; dry, whether it would.
has_join_token() {
    if [ -n "$is_dry" ]; then
        [ "$role" = discovery ] || [ -n "$token" ] || [ -e "$target_root$environment_file" ]
    else
        act grep -q '^JOIN_TOKEN=.' "$target_root$environment_file"
    fi
}

start_server() {
    if [ -n "$target_root" ]; then return 0; fi
    act systemctl daemon-reload
    act systemctl enable "$unit.service"
    if [ -z "$starts" ]; then
        say "$unit is not started yet: systemctl start $unit"
        return 0
    fi
    if ! has_join_token; then
        say "$unit is not started yet: write the network's JOIN_TOKEN into $environment_file, then run this again, or: systemctl start $unit"
        return 0
    fi
    act systemctl restart "$unit.service"
    if [ -n "$is_dry" ]; then return 0; fi
    # What cannot start at all ends within a moment.
    sleep 3
    if ! systemctl is-active --quiet "$unit.service"; then
        act journalctl --no-pager --lines 20 --unit "$unit.service" >&2 || true
        refuse 75 "$unit does not stay up; its last words stand above. Mend $environment_file, then: systemctl restart $unit"
    fi
    say "$unit runs. Its log: journalctl --unit $unit"
}

install_server() {
    check_rights
    build
    check_libraries
    check_known_settings
    add_user
    install_program
    write_environment
    write "$unit_file" 0644 "$(unit_content)"
    start_server
    if [ "$role" = discovery ]; then
        say "The other servers need the join token in $target_root$environment_file."
    fi
}

uninstall_server() {
    check_rights
    if [ -z "$target_root" ] && is_there "$unit_file"; then
        act systemctl disable --now "$unit.service"
    fi
    act rm -f "$target_root$unit_file"
    if [ -z "$target_root" ]; then act systemctl daemon-reload; fi
    local other
    for other in discovery node backend; do
        if [ "$other" != "$role" ] && is_there "/etc/systemd/system/dsim-$other.service"; then
            say "keeping $target_root$program, which dsim-$other runs"
            return 0
        fi
    done
    act rm -f "$target_root$program"
}

say_what_stays() {
    say "Kept: the data in $target_root/var/lib/$unit, the settings in $target_root$environment_file, the user $unit."
}

parse_arguments "$@"
unit=dsim-$role
program=$prefix/bin/dsim
environment_file=/etc/dsim/$role.env
unit_file=/etc/systemd/system/$unit.service
if [ -z "$target_root" ]; then ownership=(-o root -g root); fi
if [ -n "$is_uninstall" ]; then
    uninstall_server
    say_what_stays
else
    install_server
fi
