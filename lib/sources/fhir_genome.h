// Genomic reports: which DiagnosticReports are such, and the variants they contain.
#pragma once

#include "sources/json.h"
#include "sources/message.h"

namespace mseal::sources {

bool IsGenomicReport(Json resource);
// A Genome message: the report's code, conclusion and one Variant for each contained variant or implication.
Wire GenomeOf(Json report);

}  // namespace mseal::sources
