// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/model/offer.h"
#include "plugin/grant/grant.h"

namespace nacelle {

// All grants of the container that `own` was made for, `own` among them. The
// kubelet does not say which container starts, so it is found in `holdings`
// by its devices. An init container is not listed there, but is in what the kubelet has
// `allocated` by its own record; where that is not known (null), it gets the grants of
// other resources whose devices the same pod holds. Of several that are named as holders,
// as when one has ended: what all of them have.
std::vector<Grant> GrantsOfContainer(const std::vector<Holding>& holdings, const std::vector<Holding>* allocated,
                                     const std::vector<Grant>& grants, const Grant& own);

// The ids that the grants of all listed containers have, whether or not there
// is a record of them.
std::set<std::string> GrantIdsOf(const std::vector<Holding>& holdings);

}  // namespace nacelle
