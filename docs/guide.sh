# Helpers of the guides, for a shell beside a running `make run`: . docs/guide.sh
API=${API:-$(make -s api)}
# A day is Beijing's day, for the product and so for `date` in the guides, wherever this machine
# is. CST-8 is UTC+8 as POSIX writes it: it needs no list of time zones, which small images lack.
export TZ=CST-8

# An access token of somebody of the demo, for 15 minutes: token staff
token() { make -s token AS="$1"; }

# Ask the product: call TOKEN [METHOD] /path ['{"json": "body"}']
# Without a method it is POST with a body and GET without one; a POST without a body is
# call TOKEN POST /path
call() {
    local who=$1 method=
    case $2 in /*) ;; *) method=$2; shift ;; esac
    curl -sS ${method:+-X$method} -H "Authorization: Bearer $who" ${3:+-d "$3"} "$API$2"
    echo
}

# Ask the stand-in of WeChat to do something for a user: wechat users/resident/pay '{"json": "body"}'
wechat() { curl -sS -d "${2:-{\}}" "$(make -s wechat)/$1"; echo; }

# A user of the stand-in signs in, agrees to the privacy text, proves a phone if one is given, and
# is a token from then on: sign_in daughter [13900000000]
sign_in() {
    local code who version
    code=$(wechat users/$1/login-code | pick code)
    who=$(curl -sS -d "{\"code\": \"$code\"}" $API/sessions/wechat | pick access_token)
    version=$(curl -sS $API/privacy/policies | pick 'items.*.version' policy=privacy | tr -d '[]')
    call $who /me/consents "{\"policy\": \"privacy\", \"version\": $version}" >&2
    if [ -n "${2:-}" ]; then
        code=$(wechat users/$1/phone-code "{\"phone\": \"$2\"}" | pick code)
        call $who /me/phone "{\"code\": \"$code\"}" >&2
    fi
    echo "$who"
}

# Ask until something has a state: wait_for TOKEN /path state
# It ends with an error when that state cannot come any more, when the answer is a refusal (a
# token lives 15 minutes), and after WAIT seconds (300).
wait_for() {
    local said state=nothing
    for _ in $(seq ${WAIT:-300}); do
        said=$(call "$1" "$2")
        case $said in *'"status":429,'* | *'"status":503,'*) sleep 1; continue ;; esac
        state=$(printf '%s' "$said" | pick state) || return 1
        case $state in
        "$3") return 0 ;;
        refused | failed | unreadable | discarded | cancelled | withdrawn | undone) break ;;
        esac
        sleep 1
    done
    echo "$2 is $state, and not $3: $said" >&2
    return 1
}

# Take a value out of an answer: pick state, pick items.0.bill_id; with * a list of all, and with
# kind=property_fee only of the items that have this value.
pick() {
    .venv/bin/python -c '
import json, sys
said, (path, *only) = sys.stdin.read(), sys.argv[1:]
first, star, rest = path.partition("*.")
try:
    found = json.loads(said)
    for key in filter(None, first.split(".")):
        found = found[int(key)] if isinstance(found, list) else found[key]
except (ValueError, LookupError):
    sys.exit(f"no {path} in: {said}")
if star:
    wanted = dict(condition.split("=", 1) for condition in only)
    found = [i[rest] for i in found if all(str(i[k]) == v for k, v in wanted.items())]
print(found if isinstance(found, str) else json.dumps(found, ensure_ascii=False))
' "$@"
}
