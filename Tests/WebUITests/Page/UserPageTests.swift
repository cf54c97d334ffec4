import LiveDocument
import Testing

@testable import WebUI

struct UserPageTests {
    @Test(
        arguments: [
            ("<p>a</p>", "<p>a</p>OURS"),
            ("<body><p>a</p></body></html>", "<body><p>a</p>OURS</body></html>"),
            ("<script>x</script></BODY >", "<script nonce=N>x</script>OURS</BODY >"),
            ("<SCRIPT src=a.js></SCRIPT>", "<SCRIPT nonce=N src=a.js></SCRIPT>OURS"),
            ("<script>s = '</body>'</script></body>", "<script nonce=N>s = '</body>'</script>OURS</body>"),
            ("<scripture>", "<scripture>OURS"),
            ("", "OURS"),
        ])
    func `our script is put in, and the page's own are let run`(source: String, served: String) {
        let ours = "<script nonce=N type=\"module\" src=\"page.js\"></script>\n"
        #expect(UserPage.html(source, nonce: "N") == served.replacing("OURS", with: ours))
    }

    @Test(arguments: [ContentPolicy.ours, ContentPolicy.userPage(nonce: "N")])
    func `no page may load code or send anything elsewhere`(policy: String) {
        #expect(policy.contains("default-src 'none'"))
        #expect(policy.contains("connect-src 'self'") && policy.contains("form-action 'none'"))
        #expect(policy.contains("base-uri 'none'") && policy.contains("frame-ancestors 'none'"))
        let script = policy.split(separator: ";").first { $0.contains("script-src") }
        #expect(script?.contains("unsafe") == false && script?.contains("http:") == false)
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
