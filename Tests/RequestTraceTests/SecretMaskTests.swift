import Testing

@testable import RequestTrace

@Suite struct SecretMaskTests {
    @Test(arguments: [
        ("https://host/path", "https://host/path"), ("https://host/p?a=1&b=2#c=3", "https://host/p?a=***&b=***#***"),
        ("https://host/p?a=x=y?z", "https://host/p?a=***"), ("https://host/p?flag&a=", "https://host/p?***&a=***"),
        ("https://host/p?signature", "https://host/p?***"), ("https://host/#token", "https://host/#***"),
        ("https://host/?#", "https://host/?#"), ("//me:word@host/p?x", "//***@host/p?***"),
        ("next?page=2", "next?page=***"), ("#token", "#***"), ("?\u{301}sig=1&b", "?\u{301}sig=***&***"),
        ("https://me:word@host/p", "https://***@host/p"), ("https://host/a@b", "https://host/a@b"),
        ("https://host/known_secret/x", "https://host/***/x"),
    ])
    func `values and secrets are taken out of a URL, and nothing else`(url: String, shown: String) {
        #expect(SecretMask(secrets: ["known_secret"]).url(url) == shown)
    }

    @Test(arguments: ["Location", "content-location", "referer"])
    func `what a redirect leads to is masked as a URL`(name: String) {
        let mask = SecretMask()
        #expect(mask.replyHeader(name, "https://me:word@host/p?signature#token") == "https://***@host/p?***#***")
        #expect(mask.replyHeader(name, "p#token") == "p#***")
        let note = mask.replyHeader("x-other", "see https://me:word@host/p?sig#token (or p#1)")
        #expect(note == "see https://***@host/p?***#*** (or p#1)")
    }

    @Test func `what a reply sets is masked and not learned`() {
        let mask = SecretMask()
        #expect(mask.replyHeader("set-cookie", "id=private_cookie; Domain=api.example.com; Path=/") == "***")
        #expect(mask.text("private_cookie of api.example.com") == "private_cookie of api.example.com")
        _ = mask.requestHeader("cookie", "id=private_cookie")
        #expect(mask.text("private_cookie of api.example.com") == "*** of api.example.com")
    }

    @Test func `of two secrets the longer is masked first`() {
        for secrets in [["private", "private_and_more"], ["private_and_more", "private"]] {
            let mask = SecretMask(secrets: [secrets[0]])
            _ = mask.requestHeader("x-api-key", secrets[1])
            #expect(mask.text("private_and_more, private") == "***, ***")
        }
    }

    @Test(arguments: [
        "Authorization", "x-api-key", "Cookie", "SET-COOKIE", "proxy-authorization", "x-auth-token",
        "x-amz-security-token", "X-Signature", "x-client-secret", "x-jwt", "X-Passwd", "passwort", "db-pwd", "Bearer",
    ])
    func `a header that is named like a secret has none to show`(name: String) {
        #expect(SecretMask().requestHeader(name, "a value") == "***")
    }

    @Test func `a secret that was seen once is masked wherever it turns up again`() {
        let mask = SecretMask()
        #expect(mask.text("echo of dct_secret") == "echo of dct_secret")
        _ = mask.requestHeader("x-api-key", "dct_secret")
        #expect(mask.text("echo of dct_secret, twice: dct_secret") == "echo of ***, twice: ***")
        #expect(mask.replyHeader("x-echo", "dct_secret") == "***")
    }

    @Test func `a token is known without the word before it, and a cookie without its name`() {
        let mask = SecretMask()
        _ = mask.requestHeader("authorization", "Bearer private_token")
        _ = mask.requestHeader("cookie", "id=private_cookie; b=c")
        #expect(mask.text("private_token private_cookie Bearer id b c") == "*** *** Bearer id b c")
    }

    @Test func `queries in other headers are masked up to where a URL ends`() {
        let link = "<https://host/next?token=abc&page=2>; rel=\"next\", </other>"
        #expect(
            SecretMask().replyHeader("link", link) == "<https://host/next?token=***&page=***>; rel=\"next\", </other>")
        #expect(SecretMask().replyHeader("content-type", "video/mp4; codecs=\"avc1\"") == "video/mp4; codecs=\"avc1\"")
    }

    @Test func `what is too short to be a secret does not mask every text`() {
        let mask = SecretMask(secrets: ["", "a"])
        _ = mask.requestHeader("cookie", "b")
        #expect(mask.text("a b c") == "a b c")
    }
}
