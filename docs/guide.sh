# Helpers of the guides, for a shell beside a running `make run`: . docs/guide.sh
API=${API:-http://127.0.0.1:8000/api/v1}

# An access token of somebody of the demo, for 15 minutes: token staff
token() { make -s token AS="$1"; }

# Ask the product: call TOKEN /path ['{"json": "body"}']
call() {
    local who=$1 path=$2 body=${3:-}
    curl -sS -H "Authorization: Bearer $who" ${body:+-d "$body"} "$API$path"
    echo
}

# Ask the stand-in of WeChat to do something for a user: wechat users/resident/pay '{"json": "body"}'
wechat() { curl -sS -d "${2:-{\}}" "$(make -s wechat)/__ctl/$1"; echo; }

# Take a value out of an answer: pick state, pick items.0.bill_id; with * a list of all, and with
# kind=property_fee only of the items that have this value.
pick() {
    .venv/bin/python -c '
import json, sys
found, (path, *only) = json.load(sys.stdin), sys.argv[1:]
first, star, rest = path.partition("*.")
for key in filter(None, first.split(".")):
    found = found[int(key)] if isinstance(found, list) else found[key]
if star:
    wanted = dict(condition.split("=", 1) for condition in only)
    found = [i[rest] for i in found if all(str(i[k]) == v for k, v in wanted.items())]
print(found if isinstance(found, str) else json.dumps(found, ensure_ascii=False))
' "$@"
}
