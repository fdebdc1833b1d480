// SPDX-License-Identifier: BSD-2-Clause
/// Report: named facts in sections, written by their sources once and shown as HTML or JSON.
#ifndef GRAFT_EXAMPLES_HTTP_SERVER_REPORT_HPP
#define GRAFT_EXAMPLES_HTTP_SERVER_REPORT_HPP

#include <concepts>
#include <initializer_list>
#include <string_view>

#include "examples/http/server/text.hpp"

namespace graft::http {

/// A value of a report: text or a number.
struct ReportValue {
  ReportValue(std::string_view t) : text(t) {}
  ReportValue(const char* t) : text(t) {}
  ReportValue(std::unsigned_integral auto n) : number(n), is_number(true) {}

  std::string_view text;
  uint64_t number = 0;
  bool is_number = false;
};

class Report {
 public:
  /// Begins a list of facts: an object in JSON, a table of two columns in HTML.
  virtual void begin_facts(std::string_view key, std::string_view title) = 0;
  /// Adds a fact; `meaning` says for people what the name does not.
  void fact(std::string_view name, ReportValue value, std::string_view meaning = {}) { add_fact(name, value, meaning); }
  virtual void end_facts() = 0;

  /// Begins a table: an array of objects in JSON. At most kMaxColumns columns, whose names stay valid until
  /// end_table().
  static constexpr size_t kMaxColumns = 12;
  virtual void begin_table(std::string_view key, std::string_view title,
                           std::initializer_list<std::string_view> columns) = 0;
  virtual void row(std::initializer_list<ReportValue> values) = 0;
  virtual void end_table() = 0;

 protected:
  ~Report() = default;
  virtual void add_fact(std::string_view name, ReportValue value, std::string_view meaning) = 0;
};

/// Somebody who has something to report. @context the polling thread; never blocks
class ReportSource {
 public:
  virtual void report(Report& out) = 0;

 protected:
  ~ReportSource() = default;
};

/// Writes a report as sections of an HTML page.
class HtmlReport final : public Report {
 public:
  explicit HtmlReport(Text& out) : out_(out) {}
  void begin_facts(std::string_view key, std::string_view title) override;
  void end_facts() override;
  void begin_table(std::string_view key, std::string_view title,
                   std::initializer_list<std::string_view> columns) override;
  void row(std::initializer_list<ReportValue> values) override;
  void end_table() override;

 private:
  void add_fact(std::string_view name, ReportValue value, std::string_view meaning) override;
  void cell(const ReportValue& value);
  Text& out_;
};

/// Writes a report as one JSON object.
class JsonReport final : public Report {
 public:
  explicit JsonReport(Text& out) : out_(out) { out_ << "{"; }
  void begin_facts(std::string_view key, std::string_view title) override;
  void end_facts() override;
  void begin_table(std::string_view key, std::string_view title,
                   std::initializer_list<std::string_view> columns) override;
  void row(std::initializer_list<ReportValue> values) override;
  void end_table() override;
  /// Closes the object.
  void finish() { out_ << "\n}\n"; }

 private:
  void add_fact(std::string_view name, ReportValue value, std::string_view meaning) override;
  void section(std::string_view key);
  void value(const ReportValue& value);
  Text& out_;
  bool first_section_ = true;
  bool first_member_ = true;
  std::string_view columns_[kMaxColumns];
};

}  // namespace graft::http

#endif
