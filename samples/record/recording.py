"""The list of recordings. A script in kinds/ adds to it with the decorator."""

RECORDINGS = {}


class Recording:
    def __init__(self, name, what, options, script):
        self.name, self.what, self.options, self.script = name, what, options, script


def recording(name, what, **options):
    """Registers a script that makes one capture; `options` go to Lab; `ipv4_only` scripts are left out over IPv6."""

    def register(script):
        if name in RECORDINGS:
            raise ValueError(f"two recordings named {name}")
        RECORDINGS[name] = Recording(name, what, options, script)
        return script

    return register
