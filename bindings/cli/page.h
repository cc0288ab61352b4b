// A page to print, as HTML that needs nothing else.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

class Page {
 public:
  explicit Page(std::string_view title);
  Page& Facts(const std::vector<std::pair<std::string, std::string>>& facts);
  Page& Table(std::string_view title, const std::vector<std::string>& heads,
              const std::vector<std::vector<std::string>>& rows);
  // The builder is spent.
  std::string Done();

 private:
  std::string text_;
};

}  // namespace cli
