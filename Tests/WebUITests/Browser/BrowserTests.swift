import Testing

/// All that needs the browser, one test after the other: each has it to itself, so that how long a page takes says
/// something.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct BrowserTests {}
