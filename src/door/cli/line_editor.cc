#include "door/cli/line_editor.h"

#include <histedit.h>
#include <locale.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "door/cli/width.h"

namespace hansa::cli {
namespace {

constexpr int kRemembered = 1'000;
// A list longer than this helps nobody.
constexpr std::size_t kShownMax = 60;

bool belongs_to_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '\\' || c == '-' || c == '"' || (static_cast<unsigned char>(c) & 0x80);
}

class Editor : public LineEditor {
 public:
  Editor(std::string history_path, Complete complete)
      : path_(std::move(history_path)), complete_(std::move(complete)) {}
  ~Editor() override {
    if (history_ != nullptr) history_end(history_);
    if (edit_ != nullptr) el_end(edit_);
  }

  Result<void> begin() {
    // Without it every letter beyond ASCII is several.
    setlocale(LC_CTYPE, "");
    edit_ = el_init("hansa", stdin, stdout, stderr);
    history_ = history_init();
    if (edit_ == nullptr || history_ == nullptr)
      return unavailable("the terminal cannot be used", "give the statement with -c");
    HistEvent event;
    history(history_, &event, H_SETSIZE, kRemembered);
    history(history_, &event, H_SETUNIQUE, 1);
    if (!path_.empty()) history(history_, &event, H_LOAD, path_.c_str());
    el_set(edit_, EL_CLIENTDATA, this);
    el_set(edit_, EL_PROMPT, prompt_of);
    el_set(edit_, EL_EDITOR, "emacs");
    el_set(edit_, EL_HIST, history, history_);
    el_set(edit_, EL_ADDFN, "hansa-complete", "complete the word", complete_word);
    el_set(edit_, EL_ADDFN, "hansa-interrupt", "forget the statement", interrupt);
    el_set(edit_, EL_BIND, "^I", "hansa-complete", nullptr);
    // While a line is typed Ctrl-C is a key, and not a signal that the program would end with.
    el_set(edit_, EL_SETTY, "-d", "-isig", nullptr);
    el_set(edit_, EL_BIND, "^C", "hansa-interrupt", nullptr);
    el_set(edit_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
    el_source(edit_, nullptr);
    return {};
  }

  Read read(const std::string& prompt) override {
    prompt_ = prompt;
    interrupted_ = false;
    int count = 0;
    // Before the prompt is seen: the library writes it first, and a Ctrl-C that came in between was
    // a signal, after which no prompt came again.
    el_set(edit_, EL_PREP_TERM, 1);
    const char* line = el_gets(edit_, &count);
    if (interrupted_) {
      (void)::fputs("\n", stdout);
      (void)::fflush(stdout);
      el_reset(edit_);
      return {{}, Ended::interrupted};
    }
    if (line == nullptr || count <= 0) return {{}, Ended::input};
    std::string text(line, static_cast<std::size_t>(count));
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    return {std::move(text), Ended::line};
  }

  void remember(const std::string& text) override {
    HistEvent event;
    history(history_, &event, H_ENTER, text.c_str());
    if (path_.empty()) return;
    const mode_t before = ::umask(0077);
    history(history_, &event, H_SAVE, path_.c_str());
    ::umask(before);
  }

 private:
  static Editor& of(EditLine* edit) {
    void* self = nullptr;
    el_get(edit, EL_CLIENTDATA, &self);
    return *static_cast<Editor*>(self);
  }
  static char* prompt_of(EditLine* edit) { return of(edit).prompt_.data(); }
  static unsigned char interrupt(EditLine* edit, int) {
    of(edit).interrupted_ = true;
    return CC_EOF;
  }

  static unsigned char complete_word(EditLine* edit, int) {
    const LineInfo* info = el_line(edit);
    const std::string_view line(info->buffer,
                                static_cast<std::size_t>(info->cursor - info->buffer));
    std::size_t begin = line.size();
    while (begin > 0 && belongs_to_word(line[begin - 1])) --begin;
    const std::string_view word = line.substr(begin);
    const auto words = of(edit).complete_(line);
    if (words.empty()) return CC_REFRESH_BEEP;
    const std::string common = common_beginning(words);
    if (common.size() > word.size()) {
      // As it is called: what was typed in capitals may be replaced.
      el_deletestr(edit, static_cast<int>(word.size()));
      el_insertstr(edit, (common + (words.size() == 1 ? " " : "")).c_str());
      return CC_REFRESH;
    }
    if (words.size() == 1) return CC_REFRESH;
    std::string list = "\n";
    for (std::size_t i = 0; i < std::min(words.size(), kShownMax); ++i)
      list += visible(words[i]) + "  ";
    if (words.size() > kShownMax)
      list += "and " + std::to_string(words.size() - kShownMax) + " more";
    (void)::fputs((list + "\n").c_str(), stdout);
    return CC_REDISPLAY;
  }

  std::string path_;
  Complete complete_;
  EditLine* edit_ = nullptr;
  History* history_ = nullptr;
  std::string prompt_;
  bool interrupted_ = false;
};

}  // namespace

Result<std::unique_ptr<LineEditor>> LineEditor::open(std::string history_path, Complete complete) {
  auto editor = std::make_unique<Editor>(std::move(history_path), std::move(complete));
  HANSA_CHECK(editor->begin());
  return editor;
}

std::string common_beginning(const std::vector<std::string>& words) {
  if (words.empty()) return {};
  std::size_t size = words.front().size();
  for (const std::string& word : words) {
    const auto differs = std::ranges::mismatch(words.front(), word).in1;
    size = std::min(size, static_cast<std::size_t>(differs - words.front().begin()));
  }
  return words.front().substr(0, size);
}

}  // namespace hansa::cli
