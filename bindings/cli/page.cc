// Writes pages.
#include "page.h"

namespace cli {
namespace {

constexpr std::string_view kStyle =
    "body{font:11pt/1.4 sans-serif;margin:2em auto;max-width:60em;color:#111}"
    "table{border-collapse:collapse;margin:1em 0}th,td{text-align:left;padding:.2em .8em;border-bottom:1px solid #ccc;"
    "font-variant-numeric:tabular-nums}tr{break-inside:avoid}thead{display:table-header-group}";

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::string Cell(std::string_view tag, std::string_view text) {
  return "<" + std::string(tag) + ">" + Escaped(text) + "</" + std::string(tag) + ">";
}

}  // namespace

Page::Page(std::string_view title) {
  text_ = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">" + Cell("title", title) + "<style>" +
          std::string(kStyle) + "</style></head><body>\n" + Cell("h1", title) + "\n";
}

Page& Page::Facts(const std::vector<std::pair<std::string, std::string>>& facts) {
  text_ += "<table><tbody>\n";
  for (const auto& [name, value] : facts) text_ += "<tr>" + Cell("th", name) + Cell("td", value) + "</tr>\n";
  text_ += "</tbody></table>\n";
  return *this;
}

Page& Page::Table(std::string_view title, const std::vector<std::string>& heads,
                  const std::vector<std::vector<std::string>>& rows) {
  text_ += Cell("h2", title) + "\n<table><thead><tr>";
  for (const std::string& head : heads) text_ += Cell("th", head);
  text_ += "</tr></thead><tbody>\n";
  for (const auto& row : rows) {
    text_ += "<tr>";
    for (const std::string& cell : row) text_ += Cell("td", cell);
    text_ += "</tr>\n";
  }
  text_ += "</tbody></table>\n";
  return *this;
}

std::string Page::Done() { return std::move(text_) + "</body></html>\n"; }

}  // namespace cli
