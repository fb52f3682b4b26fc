"""Odoo's end of the protocol, strictly: it signs nothing off that is not as agreed."""

import hashlib
import hmac
import json
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .ports import until

SECRET = "5ec2e7" * 10 + "00ff"
LEASE = 20


def _iso(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments):
        """Say nothing."""

    def date_time_string(self, timestamp=None):
        """The time by this Odoo's clock, in each answer's headers."""
        at = time.time() + self.server.odoo.ahead if timestamp is None else timestamp
        return super().date_time_string(at)

    def do_POST(self):
        """Check the signature, then answer."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        odoo = self.server.odoo
        prefix = "/debt_collection/dialler/k/"
        if odoo.down:
            self._send(503, {"error": "down"})
        elif not self.path.startswith(prefix):
            self._send(401, {"error": "unknown_key"})
        elif why := odoo.why_not(self.path, self.headers, body):
            self._send(401, {"error": why})
        else:
            verb, _, rest = self.path.removeprefix(prefix).partition("/")
            self._send(*odoo.answer(verb, rest, self.headers, body))

    def _send(self, status, content):
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        kind = "audio/wav" if isinstance(content, bytes) else "application/json"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


class FakeOdoo:
    """Jobs go out, events come in; each test asks for what it wants to know."""

    key, secret, database = "k", SECRET, ""

    def __init__(self):
        self.lock = threading.RLock()
        self.jobs, self.status, self.events = {}, {}, defaultdict(dict)
        self.operators, self.campaigns, self.prompts = {}, {}, {}
        self.commands, self.recordings = {}, {}
        self.order, self.refused, self.syncs = [], [], 0
        #: what a test wants to be done when an event or a permission comes
        self.on_event = self.on_dial = lambda *_what: None
        self.down = False
        #: seconds by which this clock is ahead of all others
        self.ahead = 0
        #: seconds from a permission to dial until the end of the lawful hours
        self.lawful = 60
        #: what the dialler says is wrong, and why it dials for no campaign
        self.problems, self.stopped = [], None
        #: the name that is shown with our number
        self.label = None
        #: what is told of calls that came in, and for whom they are
        self.came_in, self.for_whom = [], {"phones": [], "prompt": None, "menu": {}}
        #: the id of the call that a talk of theirs becomes
        self.call_that_came_in = None
        #: whether it is recorded, and what is said before
        self.to_record = None
        #: seconds from the end of a talk until the operator is ready again
        self.wrapup = 0
        self.allow = True
        self.instance = None
        self.replaced = set()
        self.stats = {}
        self.pbx_up = False
        self.lines = {}
        self._nonces = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.odoo = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()

    # --- the protocol -------------------------------------------------------------
    def why_not(self, path, headers, body):
        """The code of a refusal, or nothing."""
        stamp, nonce = headers["X-Debt-Timestamp"], headers["X-Debt-Nonce"]
        digest = hashlib.sha256(body).hexdigest()
        facts = headers.get("X-Debt-Recording") or ""
        text = "\n".join(["POST", path, stamp, nonce, facts, digest]).encode()
        right = hmac.new(bytes.fromhex(SECRET), text, "sha256").hexdigest()
        if not hmac.compare_digest(right, headers["X-Debt-Signature"]):
            return "bad_signature"
        if abs(time.time() + self.ahead - int(stamp)) > 300:
            return "stale"
        with self.lock:
            if nonce in self._nonces:
                return "replayed"
            self._nonces.add(nonce)
        return None

    def answer(self, verb, rest, headers, body):
        """Status and contents of the answer to one verb."""
        if verb == "recording":
            return self._recording(int(rest), headers, body)
        if verb == "prompt":
            found = self.prompts.get(int(rest))
            return (200, found) if found else (404, {"error": "unknown_prompt"})
        return getattr(self, f"_{verb}")(json.loads(body))

    def _recording(self, call_id, headers, body):
        facts = json.loads(headers["X-Debt-Recording"])
        with self.lock:
            self.recordings[facts["name"]] = (call_id, facts["seconds"], body)
        return 200, {"ok": True}

    def _dial(self, question):
        with self.lock:
            call_id = question["call_id"]
            right = self.jobs[call_id]["lease"] == question["lease"]
            allowed = self.allow and right
            if allowed:
                self.status[call_id] = "dialing"
        self.on_dial(call_id)
        if not allowed:
            return 200, {"allowed": False, "reason": "paid"}
        until = _iso(self._now() + self.lawful)
        return 200, {"allowed": True, "until": until, "caller_label": self.label}

    def _now(self):
        return time.time() + self.ahead

    def _incoming(self, told):
        with self.lock:
            self.came_in.append((told["kind"], told))
        if told["kind"] == "asked":
            return 200, self.for_whom
        if told["kind"] == "command":
            self.commands.pop(told["id"], None)
        known = {"call_id": self.call_that_came_in, "record": self.to_record}
        return 200, {"ok": True} | known

    def _sync(self, told):
        with self.lock:
            if self.instance != told["instance"] and told["instance"] in self.replaced:
                return 409, {"error": "replaced"}
            if self.instance and self.instance != told["instance"]:
                self.replaced.add(self.instance)
            self.instance, self.pbx_up = told["instance"], told["pbx_up"]
            self.syncs += 1
            self.stats = told["stats"]
            self.problems = [one["code"] for one in told.get("problems", ())]
            self.stopped = told.get("stopped")
            accepted = [self._take(event) for event in told["events"]]
            self.lines = {o["user_id"]: o["line"] for o in told["operators"]}
            self._expire(told["live"])
            answer = {
                "time": _iso(self._now()),
                "accepted": accepted,
                "refused": [],
                "jobs": self._lease(told) if told["pbx_up"] else [],
                "commands": list(self.commands.values()),
                "drop": [],
                "operators": list(self.operators.values()),
                "campaigns": list(self.campaigns.values()),
            }
        for event in told["events"]:
            self.on_event(event)
        return 200, answer

    def _take(self, event):
        call_id, seq = event["call_id"], event["seq"]
        if seq not in self.events[call_id]:
            self.events[call_id][seq] = event
            self.order.append(event)
            self._apply(event)
        return [call_id, seq]

    def _apply(self, event):
        kind, values = event["kind"], event["values"]
        operator = self.operators.get(values.get("user_id"))
        if kind == "bridged" and operator:
            operator |= {"state": "talking", "call": event["call_id"]}
        elif kind == "ended":
            self.status[event["call_id"]] = "done"
            for operator in self.operators.values():
                if operator.get("call") == event["call_id"]:
                    self._wrap_up(operator)
        elif kind == "command":
            self.commands.pop(values["id"], None)

    def _wrap_up(self, operator):
        """He writes down what was said, then he is ready again."""
        operator["call"] = None
        operator["state"] = "wrapup" if self.wrapup else "ready"
        if self.wrapup:
            ready = {"state": "ready"}
            threading.Timer(self.wrapup, operator.update, [ready]).start()

    def _expire(self, live):
        """A lease that ran out undialled, and is not held any more, is free again."""
        for call_id, status in self.status.items():
            until_at = self.jobs[call_id].get("_until", 0)
            if status == "leased" and call_id not in live and until_at < self._now():
                self.status[call_id] = "queued"

    def _lease(self, told):
        given = []
        want = {int(key): number for key, number in told["want"].items()}
        for call_id, job in self.jobs.items():
            if self.status[call_id] != "queued":
                continue
            campaign = job["campaign_id"]
            if campaign and not job["operator"]:
                if want.get(campaign, 0) <= 0:
                    continue
                want[campaign] -= 1
            job["_until"] = self._now() + LEASE
            job["lease_until"] = _iso(job["_until"])
            job["lease"] = f"{call_id:x}-{self.syncs}"
            self.status[call_id] = "leased"
            given.append({k: v for k, v in job.items() if not k.startswith("_")})
        return given

    # --- what tests do ------------------------------------------------------------
    def job(self, call_id, number, **values):
        """Have a call waiting to be dialled."""
        job = {
            "call_id": call_id,
            "number": number,
            "caller_number": "+3221234567",
            "mode": "manual",
            "campaign_id": None,
            "operator": None,
            "operator_first": False,
            "ring_seconds": 15,
            "max_seconds": 120,
            "until": _iso(self._now() + 3600),
            "record": False,
            "announcement": None,
            "detect_machine": False,
            "message": None,
            "menu": None,
            "abandon_message": None,
            "promise_prompt": None,
            "promise_date": None,
        } | values
        with self.lock:
            self.jobs[call_id], self.status[call_id] = job, "queued"
        return call_id

    def campaign(self, campaign_id, mode, **values):
        """Have a campaign run."""
        described = {
            "id": campaign_id,
            "mode": mode,
            "running": True,
            "max_lines": 60,
            "abandon_cap": 0.03,
            "ring_seconds": 15,
            "until": _iso(self._now() + 3600),
        } | values
        with self.lock:
            self.campaigns[campaign_id] = described
        return campaign_id

    def operator(self, user_id, endpoint, campaign_id=None, state="ready"):
        """Have an operator at work."""
        values = {"user_id": user_id, "endpoint": endpoint, "state": state}
        with self.lock:
            self.operators[user_id] = values | {"campaign_id": campaign_id}
        return user_id

    def prompt(self, prompt_id, data):
        """Have a prompt; how jobs refer to it."""
        self.prompts[prompt_id] = data
        digest = hashlib.sha1(data).hexdigest()
        return {"id": prompt_id, "sha1": digest, "lang": "en"}

    def command(self, number, call_id, command, **values):
        """Have somebody press a button."""
        values = {
            "id": number,
            "call_id": call_id,
            "command": command,
            "values": values,
        }
        with self.lock:
            self.commands[number] = values

    def story(self, call_id):
        """The kinds of a call's events, in their order."""
        with self.lock:
            found = self.events[call_id]
            return [found[seq]["kind"] for seq in sorted(found)]

    def values(self, call_id, kind):
        """What was told with the first event of a kind, or nothing."""
        with self.lock:
            for _seq, event in sorted(self.events[call_id].items()):
                if event["kind"] == kind:
                    return event["values"]
        return None

    def gaps(self):
        """Calls of which an event never came: Odoo would not conclude them."""
        with self.lock:
            return [
                call_id
                for call_id, found in self.events.items()
                if sorted(found) != list(range(1, len(found) + 1))
            ]

    def wait(self, call_id, kind, seconds=30):
        """The values of an event, once it came."""
        until(
            lambda: kind in self.story(call_id),
            seconds,
            lambda: f"call {call_id}: {kind} (so far {self.story(call_id)})",
        )
        return self.values(call_id, kind)

    def resolved(self, call_id):
        """Whether nothing of this call is open."""
        return self.status[call_id] in ("done", "queued")
