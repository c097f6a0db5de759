"""When runs of a sweep were begun and ended, as its folder tells it."""


def marks(folder):
    """Every beginning and end of a run, in order, by task."""
    found = {}
    for place in sorted((folder / "times").iterdir()):
        for line in place.read_text().splitlines():
            task, what, _ = line.split(",")
            found.setdefault(task, []).append(what)
    return found


def check(folder, kills, workers=2):
    """What has been lived was not lived again, and each kill cost each worker one run at most."""
    found = marks(folder)
    again = sum(each.count("begun") for each in found.values()) - len(found)
    assert all("begun" not in each[each.index("ended") :] for each in found.values() if "ended" in each)
    assert again <= kills * workers
    assert not [place for place in folder.rglob("*") if "partial" in place.name]
    assert not list((folder / "journal").iterdir())
