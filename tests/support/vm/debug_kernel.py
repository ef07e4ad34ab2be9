# SPDX-License-Identifier: Apache-2.0
def build():
    raise NotImplementedError
