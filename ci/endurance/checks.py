"""What is wanted of the server, and whether it was so: one line each."""

from server import SLACK

# How quickly a server answers that is not impressed, in seconds, on a machine that has other
# things to do. Who has to connect twice, because no one accepts, takes more than a second.
MEDIAN = 0.05
SLOWEST = 1.0
# By how much what is held may differ from the warm start.
GROWTH = 0.05


class Checks:
    """Prints each check as it is made, and remembers those that were missed."""

    def __init__(self):
        self.missed = []
        self.made = 0

    def hold(self, name, is_good, figures):
        """Notes one check. `figures` is what was seen, with the bound where there is one."""
        self.made += 1
        print(f"{'ok  ' if is_good else 'MISS'} {name}: {figures}", flush=True)
        if not is_good:
            self.missed.append(name)

    def note(self, name, figures):
        """Prints something that nothing is wanted of."""
        print(f"     {name}: {figures}", flush=True)

    def at_most(self, name, value, bound, unit):
        """Wants a figure to have a bound."""
        self.hold(name, value <= bound, f"{value:,.1f} {unit}, at most {bound:,.1f}")

    def served(self, name, witness):
        """Wants another client to have been served, and quickly."""
        bounds = f"median at most {MEDIAN * 1000:.0f} ms, slowest {SLOWEST * 1000:.0f} ms"
        is_good = (witness.failures == [] and witness.count > 0
                   and witness.median <= MEDIAN and witness.slowest <= SLOWEST)
        self.hold(f"{name}, another client", is_good,
                  f"{witness} ({bounds}){_first(witness.failures)}")

    def returned(self, name, warm, after):
        """Wants everything the server holds to be back at what it was after the first round."""
        for what, held, was in zip(warm._fields, after, warm):
            bound = max(was * (1 + GROWTH), was + SLACK)
            self.hold(f"{name}, {what} after it", held <= bound,
                      f"{held:,} after {was:,}, at most {bound:,.0f}")


def _first(failures):
    return f"; first failure: {failures[0]}" if failures else ""
