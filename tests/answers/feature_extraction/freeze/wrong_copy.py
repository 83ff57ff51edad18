# breaks "in place": a frozen copy is returned
import copy


def freeze(module):
    return copy.deepcopy(module).requires_grad_(False)
