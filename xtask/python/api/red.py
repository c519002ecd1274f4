"""What REDbot says about the endpoint that nodes poll, at the URL and with the token that are given."""

import sys
from configparser import ConfigParser

import thor
from httplint.note import levels
from redbot.formatter import find_formatter
from redbot.resource import HttpResource

url, token = sys.argv[1:]
parser = ConfigParser()
parser.read_dict({"redbot": {"charset": "utf-8", "enable_local_access": "true"}})
config = parser["redbot"]
resource = HttpResource(config)
resource.set_request(url, headers=[("Authorization", f"Bearer {token}")])
formatter = find_formatter("text", "text", False)(config, resource, sys.stdout.write, {"tty_out": False})
formatter.bind_resource(resource)


@thor.events.on(formatter)
def formatter_done():
    thor.stop()


resource.check()
thor.run()
notes = list(resource.response.notes)
complaints = [note for note in notes if note.level in (levels.WARN, levels.BAD)]
sys.exit(f"REDbot complains of {len(complaints)}" if complaints or not notes else 0)
