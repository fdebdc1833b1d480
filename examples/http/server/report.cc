// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/server/report.hpp"

namespace graft::http {

void HtmlReport::cell(const ReportValue& value) {
  if (value.is_number) {
    out_ << "<td class=n>" << value.number << "</td>";
  } else {
    out_ << "<td>";
    out_.html(value.text) << "</td>";
  }
}

void HtmlReport::begin_facts(std::string_view key, std::string_view title) {
  out_ << "<section id=\"" << key << "\"><h2>";
  out_.html(title) << "</h2><table>";
}

void HtmlReport::add_fact(std::string_view name, ReportValue value, std::string_view meaning) {
  out_ << "<tr><th>";
  out_.html(name);
  if (!meaning.empty()) {
    out_ << "<br><small>";
    out_.html(meaning) << "</small>";
  }
  out_ << "</th>";
  cell(value);
  out_ << "</tr>\n";
}

void HtmlReport::end_facts() { out_ << "</table></section>\n"; }

void HtmlReport::begin_table(std::string_view key, std::string_view title,
                             std::initializer_list<std::string_view> columns) {
  begin_facts(key, title);
  out_ << "<tr>";
  for (std::string_view column : columns) {
    out_ << "<th>";
    out_.html(column) << "</th>";
  }
  out_ << "</tr>\n";
}

void HtmlReport::row(std::initializer_list<ReportValue> values) {
  out_ << "<tr>";
  for (const ReportValue& value : values) cell(value);
  out_ << "</tr>\n";
}

void HtmlReport::end_table() { end_facts(); }

void JsonReport::section(std::string_view key) {
  out_ << (first_section_ ? "\n  \"" : ",\n  \"");
  out_.json(key) << "\": ";
  first_section_ = false;
  first_member_ = true;
}

void JsonReport::value(const ReportValue& value) {
  if (value.is_number) {
    out_ << value.number;
  } else {
    out_ << '"';
    out_.json(value.text) << '"';
  }
}

void JsonReport::begin_facts(std::string_view key, std::string_view) {
  section(key);
  out_ << "{";
}

void JsonReport::add_fact(std::string_view name, ReportValue v, std::string_view) {
  out_ << (first_member_ ? "\n    \"" : ",\n    \"");
  first_member_ = false;
  out_.json(name) << "\": ";
  value(v);
}

void JsonReport::end_facts() { out_ << "\n  }"; }

void JsonReport::begin_table(std::string_view key, std::string_view, std::initializer_list<std::string_view> columns) {
  section(key);
  out_ << "[";
  size_t i = 0;
  for (std::string_view column : columns) columns_[i++] = column;
}

void JsonReport::row(std::initializer_list<ReportValue> values) {
  out_ << (first_member_ ? "\n    {" : ",\n    {");
  first_member_ = false;
  size_t i = 0;
  for (const ReportValue& v : values) {
    if (i) out_ << ", ";
    out_ << '"';
    out_.json(columns_[i++]) << "\": ";
    value(v);
  }
  out_ << "}";
}

void JsonReport::end_table() { out_ << "\n  ]"; }

}  // namespace graft::http
