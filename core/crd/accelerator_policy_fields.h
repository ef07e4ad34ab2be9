// SPDX-License-Identifier: Apache-2.0
// The fields of AcceleratorPolicy: the one place that names and explains them.
#pragma once

#include "core/crd/accelerator_policy.h"

namespace nacelle::crd {

// The grammar of a query (core/select has the whole, with carets), as far as regular
// expressions go.
#define NACELLE_WORD "[A-Za-z0-9._:-]+"
#define NACELLE_COUNT "0*([1-9][0-9]{0,2}|10[01][0-9]|102[0-4])"
#define NACELLE_NUMBER "0*([0-9]{1,6}|1000000)"
#define NACELLE_DISTANCE "0*(1?[0-9]{1,2}|2[0-4][0-9]|25[0-5])"
#define NACELLE_FILTER                                                              \
  "((family|interface|operation|function|card)\\\\s*!?=\\\\s*" NACELLE_WORD         \
  "|access\\\\s*!?=\\\\s*(sva|iommu|none)|numa\\\\s*!?=\\\\s*" NACELLE_NUMBER ")"
#define NACELLE_WANT "(" NACELLE_COUNT "\\\\s+)?[0-9]*[A-Za-z._:-][A-Za-z0-9._:-]*(\\\\s*,\\\\s*" NACELLE_FILTER ")*"
#define NACELLE_RELATION                                                                                              \
  "(\\\\s+(near\\\\s+((numa|cpu):" NACELLE_NUMBER "|memory:" NACELLE_WORD ")(\\\\s+within\\\\s+" NACELLE_DISTANCE ")?" \
  "|sharing\\\\s+hbm|chained(\\\\s*=\\\\s*(on-card|peer-to-peer|shared-address))?))?"
inline constexpr std::string_view kIsQuery =
    "self.matches('^\\\\s*" NACELLE_WANT "(\\\\s*\\\\+\\\\s*" NACELLE_WANT "){0,7}" NACELLE_RELATION "\\\\s*$')";
#undef NACELLE_RELATION
#undef NACELLE_WANT
#undef NACELLE_FILTER
#undef NACELLE_DISTANCE
#undef NACELLE_NUMBER
#undef NACELLE_COUNT
#undef NACELLE_WORD

// A word that begins a relation is no operation.
inline constexpr std::string_view kNamesOperations =
    "!self.matches('(^|\\\\+)\\\\s*([0-9]+\\\\s+)?(near|sharing|chained)([\\\\s,+]|$)')";
inline constexpr std::string_view kRelatesSeveral =
    "!self.matches('\\\\s(chained|sharing)(\\\\s|=|$)') || self.contains('+') || self.matches('^\\\\s*0*([2-9]|[1-9][0-9]+)\\\\s')";
inline constexpr std::string_view kChainsFew = "!self.matches('\\\\schained(\\\\s|=|$)') || self.contains('+') || self.matches('^\\\\s*0*[2-8]\\\\s')";
// A list of known length, so that the API server knows what the rule costs.
#define NACELLE_WANTS "self.split('+')"
inline constexpr std::string_view kAsksForFew =
    "[0, 1, 2, 3, 4, 5, 6, 7].map(i, i >= " NACELLE_WANTS ".size() ? 0 : " NACELLE_WANTS "[i].matches('^\\\\s*[0-9]+\\\\s') ? "
    "int(" NACELLE_WANTS "[i].find('[0-9]+')) : 1).sum() <= 1024";
#undef NACELLE_WANTS
inline constexpr std::string_view kLabelName = "^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$";
inline constexpr std::string_view kLabelValue = "^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?$";
inline constexpr std::string_view kDebounceRange =
    "self.matches('^[0-9]{1,7}(ms|s|m|h)$') && duration(self) <= duration('10s')";
inline constexpr std::string_view kFpgaRange =
    "self.matches('^[0-9]{1,7}(ms|s|m|h)$') && duration(self) >= duration('10ms') && duration(self) <= duration('1h')";
inline constexpr std::string_view kAllRange =
    "self.matches('^[0-9]{1,7}(ms|s|m|h)$') && duration(self) >= duration('1s') && duration(self) <= duration('1h')";

template <typename Visitor, typename Self>
void OfferSpec::Visit(Visitor& visit, Self& self) {
  visit(self.name, Field{.name = "name",
                         .doc = "The resource is nacelle.dev/<name>. Each name stands once.",
                         .required = true,
                         .pattern = "^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$",
                         .max_length = 63});
  visit(self.find, Field{.name = "find",
                         .doc = "A query: which queues go under this name. One that asks for more than one queue is a "
                                "bundle: one device of it is a set of queues that lie as asked. "
                                "Examples: \"zlib near numa:1\", \"sha256 + zlib chained\".",
                         .required = true,
                         .max_length = 1024,
                         .rules = {{kIsQuery,
                                    "not a query: [count] operation {,filter} {+ …} [near numa:N|cpu:N|memory:ID [within D] | "
                                    "sharing hbm | chained[=strength]]; 'nacelle-agent check' points at the place",
                                    {}},
                                   {kNamesOperations, "expected an operation, such as 'zlib', where a relation begins", {}},
                                   {kRelatesSeveral, "'chained' and 'sharing hbm' relate two queues or more, and this asks for one", {}},
                                   {kChainsFew, "a chain of one operation has at most 8 queues", {}},
                                   {kAsksForFew, "it asks for more than 1,024 queues in all", {}}}});
  visit(self.shares_per_queue, Field{.name = "sharesPerQueue",
                                     .doc = "Among how many containers a queue is divided; 1 is exclusive. No more than the "
                                            "instances of the queue, which only its node knows.",
                                     .defaulted = true,
                                     .least = 1,
                                     .most = 1024});
  visit(self.through, Field{.name = "through",
                            .doc = "devicePlugin: an extended resource. dra: dynamic resource allocation, not for bundles.",
                            .defaulted = true,
                            .words = {"devicePlugin", "dra"}});
}

template <typename Visitor, typename Self>
void RequireSpec::Visit(Visitor& visit, Self& self) {
  visit(self.memory_access, Field{.name = "memoryAccess",
                                  .doc = "How a function must at least reach memory. sva suffices for iommu; what is not known "
                                         "falls short. What falls short is shown, and offered nowhere.",
                                  .defaulted = true,
                                  .words = {"any", "sva", "iommu"}});
}

template <typename Visitor, typename Self>
void GrantSpec::Visit(Visitor& visit, Self& self) {
  visit(self.via, Field{.name = "via",
                        .doc = "What carries a grant into its container: device nodes and mounts, a CDI spec that the kubelet "
                               "names, or one that an annotation names.",
                        .defaulted = true,
                        .words = {"devices", "cdi", "annotation"}});
  visit(self.mask_sysfs, Field{.name = "maskSysfs",
                               .doc = "Whether folders of /sys list only what the container was granted.",
                               .defaulted = true});
}

template <typename Visitor, typename Self>
void RescanSpec::Visit(Visitor& visit, Self& self) {
  visit(self.debounce, Field{.name = "debounce",
                             .doc = "How long after a uevent; 0ms to 10s.",
                             .defaulted = true,
                             .max_length = 10,
                             .rules = {{kDebounceRange, "expected a duration from 0ms to 10s, as 5ms", {}}}});
  visit(self.fpga, Field{.name = "fpga",
                         .doc = "How often it is read what FPGAs are programmed with; 10ms to 1h.",
                         .defaulted = true,
                         .max_length = 10,
                         .rules = {{kFpgaRange, "expected a duration from 10ms to 1h, as 1s", {}}}});
  visit(self.all, Field{.name = "all",
                        .doc = "How often all is read without any uevent; 1s to 1h.",
                        .defaulted = true,
                        .max_length = 10,
                        .rules = {{kAllRange, "expected a duration from 1s to 1h, as 30s", {}}}});
}

template <typename Visitor, typename Self>
void PolicyRules::Visit(Visitor& visit, Self& self) {
  visit(self.offers,
        Field{.name = "offers",
              .doc = "What is offered, in this order: a queue belongs to the first offer that selects it.",
              .max_items = 128,
              .list_key = "name",
              .item_rules = {{"self.through != 'dra' || self.name.matches('^[a-z0-9]([a-z0-9-]*[a-z0-9])?([.][a-z0-9]([a-z0-9-]*[a-z0-9])?)*$')",
                              "through dra, a name has a-z, 0-9, '-' and '.' only", ".name"},
                             {"self.through != 'dra' || !(self.find.contains('+') || self.find.matches('^\\\\s*0*([2-9]|[1-9][0-9]+)\\\\s'))",
                              "a bundle goes through devicePlugin; under dra a claim says the same", ".through"}}});
  visit(self.rest, Field{.name = "rest",
                         .doc = "What becomes of functions that no offer selects: offered by their interfaces' names (default), "
                                "or not offered (hide).",
                         .defaulted = true,
                         .words = {"default", "hide"}});
  visit(self.require, Field{.name = "require", .doc = "What a function must have to be offered."});
  visit(self.grant, Field{.name = "grant", .doc = "How a container gets what it was granted."});
  visit(self.rescan, Field{.name = "rescan", .doc = "When the machine is read."});
}

template <typename Visitor, typename Self>
void SelectorTerm::Visit(Visitor& visit, Self& self) {
  visit(self.key, Field{.name = "key", .doc = "A label of the node.", .required = true, .pattern = kLabelName, .max_length = 317});
  visit(self.op, Field{.name = "operator",
                       .doc = "How the label is compared.",
                       .required = true,
                       .words = {"In", "NotIn", "Exists", "DoesNotExist"}});
  visit(self.values, Field{.name = "values", .doc = "The values of In and NotIn.", .pattern = kLabelValue, .max_length = 63, .max_items = 256});
}

template <typename Visitor, typename Self>
void NodeSelector::Visit(Visitor& visit, Self& self) {
  visit(self.match_labels, Field{.name = "matchLabels", .doc = "Labels that the node must have.", .pattern = kLabelValue, .max_length = 63, .max_items = 64});
  visit(self.match_expressions,
        Field{.name = "matchExpressions",
              .doc = "Requirements, all of which must hold.",
              .max_items = 64,
              .item_rules = {{"self.operator in ['In', 'NotIn'] ? has(self.values) && self.values.size() > 0 : !has(self.values) || self.values.size() == 0",
                              "In and NotIn need values; Exists and DoesNotExist have none", ".values"}}});
}

template <typename Visitor, typename Self>
void PolicySpec::Visit(Visitor& visit, Self& self) {
  visit(self.node_selector, Field{.name = "nodeSelector",
                                  .doc = "The nodes that the policy is for; all when it is empty. Of two policies that "
                                         "select a node, the older is in force there."});
  PolicyRules::Visit(visit, self.rules);
}

template <typename Visitor, typename Self>
void PolicyNodes::Visit(Visitor& visit, Self& self) {
  visit(self.selected, Field{.name = "selected", .doc = "Nodes that the selector selects.", .required = true, .least = 0});
  visit(self.ready, Field{.name = "ready", .doc = "Nodes whose agent has this generation in force and is ready.", .required = true, .least = 0});
  visit(self.out_of_date, Field{.name = "outOfDate",
                                .doc = "Nodes on which this policy is to be in force, and whose agent does not have this generation yet.",
                                .required = true,
                                .least = 0});
}

template <typename Visitor, typename Self>
void PolicyStatus::Visit(Visitor& visit, Self& self) {
  visit(self.observed_generation, Field{.name = "observedGeneration", .doc = "The metadata.generation of which this is said.", .least = 0});
  visit(self.nodes, Field{.name = "nodes", .doc = "How many nodes."});
  visit(self.conditions, Field{.name = "conditions",
                               .doc = "Accepted: it is in force wherever it selects. Available: nodes that have it are ready. "
                                      "Progressing: it is being rolled out. Degraded: the rollout stands still.",
                               .max_items = 16,
                               .list_key = "type"});
}

}  // namespace nacelle::crd
