import LiveDocument
import Testing

@testable import WebUI

struct UserPageTests {
    @Test(
        arguments: [
            ("<p>a</p>", "<p>a</p>OURS"),
            ("<body><p>a</p></body></html>", "<body><p>a</p>OURS</body></html>"),
            ("<script>x</script></BODY >", "<script nonce=N>x</script>OURS</BODY >"),
            ("<SCRIPT type=module></SCRIPT>", "<SCRIPT nonce=N type=module></SCRIPT>OURS"),
            ("<script src=a.js></script>", "<script src=a.js></script>OURS"),
            ("<script async SRC = 'a.js'></script>", "<script async SRC = 'a.js'></script>OURS"),
            ("<script>x = '<img src=a>'</script>", "<script nonce=N>x = '<img src=a>'</script>OURS"),
            ("<script>s = '</body>'</script></body>", "<script nonce=N>s = '</body>'</script>OURS</body>"),
            ("<scripture>", "<scripture>OURS"),
            ("", "OURS"),
        ])
    func `our script is put in, and the page's own are let run`(source: String, served: String) {
        let ours = "<script nonce=N type=\"module\" src=\"page.js\"></script>\n"
        #expect(UserPage.html(source, nonce: "N") == served.replacing("OURS", with: ours))
    }

    @Test(arguments: [ContentPolicy(.web).ours, ContentPolicy(.web).userPage(nonce: "N")])
    func `no page may load code or send anything elsewhere`(policy: String) {
        #expect(policy.contains("default-src 'none'"))
        #expect(policy.contains("connect-src 'self'") && policy.contains("form-action 'none'"))
        #expect(policy.contains("base-uri 'none'") && policy.contains("frame-ancestors 'none'"))
        let script = policy.split(separator: ";").first { $0.contains("script-src") }
        #expect(script?.contains("unsafe") == false && script?.contains("http:") == false)
    }

    @Test(
        arguments: [
            (
                #"{"csp-report":{"effective-directive":"font-src","blocked-uri":"http://a/b","line-number":7}}"#,
                ":7: the browser has refused http://a/b; a page may load pictures and videos, and nothing else (font-src)"
            ),
            (
                #"{"csp-report":{"violated-directive":"script-src","blocked-uri":"eval\u001b[2J\n","more":[1]}}"#,
                ": the browser has refused eval?[2J?; scripts and styles are to stand in the page's own file (script-src)"
            ),
            (#"{"csp-report":{"blocked-uri":"inline"}}"#, nil), (#"{"csp-report":5}"#, nil), ("[]", nil), ("", nil),
        ] as [(String, String?)])
    func `a browser's report of what it has refused is read, and harmless`(text: String, complaint: String?) {
        #expect(RefusalReport(Array(text.utf8))?.complaint == complaint)
    }

    @Test func `ten things that a page is refused are told, each once, and then that there are more`() {
        var state = PageState()
        let told = (1...30).flatMap { number in (1...2).compactMap { _ in state.refused(": \(number)") } }
        #expect(told.count == 11)
        #expect(told.prefix(10) == (1...10).map { ": \($0)" }[...])
        #expect(told.last?.contains("there is more") == true)
        state.reload()
        #expect(state.refused(": 1") == ": 1")
    }

    @Test(
        arguments: [
            (#"{"type":"click","n":3}"#, PageAction.event(.init(.click, on: .init(number: 3)))),
            (#"{"type":"input","n":3,"value":"a"}"#, .event(.init(.input, on: .init(number: 3), value: "a"))),
            (#"{"type":"missing","n":3}"#, .misses(.init(number: 3))),
            (#"{"type":"launch","n":3}"#, nil), (#"{"type":"click"}"#, nil), (#"{"type":"click","n":"3"}"#, nil),
            (#"{"type":"click","n":1e99}"#, nil), ("[]", nil), ("", nil), ("{", nil),
        ] as [(String, PageAction?)])
    func `what a page sends is read, and nothing else`(text: String, action: PageAction?) {
        #expect(PageAction(Array(text.utf8)) == action)
    }
}
