// Bitol ODPS v0.9 to v1.1, member by member.
#include <array>

#include "contract/shape.h"

namespace hansa::contract {
namespace {

constexpr std::array kShapes{
    ShapeLine{
        "product", 0,
        "apiVersion!:any kind!:(DataProduct) id! name version status!<110 status@110 domain tenant "
        "type@110 "
        "deprecated:flag@110 synonyms:[synonym]@110 context:{context}@110 "
        "authoritativeDefinitions:[definition] description:{description} customProperties:[custom] "
        "tags:texts "
        "inputPorts:[input] outputPorts:[output] managementPorts:[management] support:[support] "
        "team:[member]<100 team:{team}@100 productCreatedTs:datetime"},
    ShapeLine{"description", 0,
              "purpose limitations usage authoritativeDefinitions:[definition] "
              "customProperties:[custom]"},
    ShapeLine{"custom", 0, "id@110 property! value!:any description"},
    ShapeLine{"definition", 0,
              "id@110 url!:uri description type!@100 "
              "type!:(businessDefinition|transformationImplementation|videoTutorial|tutorial|"
              "implementation)<100"},
    ShapeLine{
        "input", 0,
        "id@110 deprecated:flag@110 name! version!<110 version@110 contractId!<110 contractId@110 "
        "tags:texts@100 customProperties:[custom]@100 authoritativeDefinitions:[definition]@100"},
    ShapeLine{"output", 0,
              "id@110 deprecated:flag@110 name! description type version!<110 version@110 "
              "contractId sbom:[sbom] "
              "inputContracts:[input_contract] synonyms:[synonym]@110 context:{context}@110 "
              "tags:texts@100 "
              "customProperties:[custom]@100 authoritativeDefinitions:[definition]@100"},
    ShapeLine{"sbom", 0, "id@110 type url!:uri<110 url:uri@110"},
    ShapeLine{"input_contract", 0, "id! version!"},
    ShapeLine{
        "management", 0,
        "id@110 deprecated:flag@110 name! content! type url:uri channel description tags:texts "
        "customProperties:[custom] authoritativeDefinitions:[definition]"},
    ShapeLine{"support", 0,
              "id@110 channel! url!:uri description tool scope invitationUrl:uri tags:texts "
              "customProperties:[custom] "
              "authoritativeDefinitions:[definition]"},
    ShapeLine{"member", 0,
              "id@110 username!@100 username<100 name description role dateIn:date dateOut:date "
              "replacedByUsername "
              "tags:texts customProperties:[custom] authoritativeDefinitions:[definition]"},
    ShapeLine{"team", 0,
              "name description members:[member] tags:texts customProperties:[custom] "
              "authoritativeDefinitions:[definition]"},
    ShapeLine{"synonym", 0,
              "id synonym! description locale source status customProperties:[custom]"},
    ShapeLine{"context", 0, "instructions verifiedStatements:[statement] constraints:[constraint]"},
    ShapeLine{"statement", 0,
              "id question! answer tags:texts authoritativeDefinitions:[definition] "
              "customProperties:[custom]"},
    ShapeLine{"constraint", 0,
              "id constraint! tags:texts authoritativeDefinitions:[definition] "
              "customProperties:[custom]"},
};

std::vector<std::string> parts(std::string_view, const Json&, int) { return {}; }
void rules(std::string_view, const Json&, int, Deviations&) {}

}  // namespace

const Specification& odps_standard() {
  static constexpr Specification standard{kShapes, "product", parts, rules};
  return standard;
}

}  // namespace hansa::contract
