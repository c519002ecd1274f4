#!/bin/sh
# Firefox, which ends with the process that has started it, however that ends.
exec setpriv --pdeathsig KILL "${FIREFOX:-/usr/bin/firefox-esr}" "$@"
