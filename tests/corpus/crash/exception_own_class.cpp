/* An exception class of the program's own, in a thread.
 *
 * fault: abort
 * signal: SIGABRT
 * evidence: parser::syntax_error
 */
#include <exception>
#include <thread>

namespace parser {
struct syntax_error : std::exception {
    const char *what() const noexcept override { return "line 7"; }
};
} // namespace parser

int main()
{
    std::thread worker([] { throw parser::syntax_error(); });
    worker.join();
}
