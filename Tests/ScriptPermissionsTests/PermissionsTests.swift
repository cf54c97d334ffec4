import ScriptPermissions
import Testing

struct PermissionsTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test(arguments: [
        ("/a/b", true), ("/a/b/c", true), ("/a/bc", false), ("/a", false), ("/", false), ("/a/b/no", false),
        ("/a/b/no/x", false), ("/a/b/nothing", true),
    ])
    func `what is below an allowed folder and not below a denied one is covered`(_ path: String, _ covered: Bool) {
        var permissions = Permissions()
        permissions.read.named = [bytes("/a/b")]
        permissions.read.denied = [bytes("/a/b/no")]
        #expect(permissions.covers(.read, path: bytes(path)) == covered)
        #expect(!permissions.covers(.write, path: bytes(path)))
    }

    @Test func `everything is covered where nothing is named, and denial wins`() {
        var permissions = Permissions()
        permissions.write.allow(nil)
        #expect(permissions.covers(.write, path: bytes("/etc/passwd")))
        permissions.write.deny([bytes("/etc")])
        #expect(!permissions.covers(.write, path: bytes("/etc/passwd")))
        #expect(permissions.covers(.write, path: bytes("/tmp")))
        permissions.write.deny(nil)
        #expect(!permissions.covers(.write, path: bytes("/tmp")))
        #expect(permissions.write.isEmpty)
    }

    @Test func `a program is its whole path`() {
        var permissions = Permissions()
        permissions.run.named = [bytes("/usr/bin/ffmpeg")]
        #expect(permissions.runs(bytes("/usr/bin/ffmpeg")))
        #expect(!permissions.runs(bytes("/usr/bin/ffmpeg2")))
        permissions.run.denied = [bytes("/usr/bin/ffmpeg")]
        #expect(!permissions.runs(bytes("/usr/bin/ffmpeg")))
    }

    @Test(
        arguments: [
            ("example.com", "example.com", nil), ("Example.COM:8080", "example.com", 8080), ("[::1]:80", "::1", 80),
            ("::1", "::1", nil), ("127.0.0.1:5", "127.0.0.1", 5),
        ] as [(String, String, Int?)])
    func `a host is read as it is written`(_ text: String, _ host: String, _ port: Int?) throws {
        let rule = try #require(HostRule(text))
        #expect(rule == HostRule(host: host, port: port))
    }

    @Test(arguments: ["", ":80", "a:0", "a:65536", "a:b", "a b", "http://a", "a/b", "user@a", "[::1", "[::1]x"])
    func `what is no host is none`(_ text: String) {
        #expect(HostRule(text) == nil)
    }

    @Test func `a port that is named is the only one, and a name counts more than all`() {
        var permissions = Permissions()
        permissions.net.named = [bytes("a.example:8080")]
        #expect(permissions.reaches(host: "a.example", port: 8080) == (true, true))
        #expect(permissions.reaches(host: "a.example", port: 80) == (false, false))
        #expect(permissions.reaches(host: "b.a.example", port: 8080) == (false, false))
        permissions.net.allow(nil)
        #expect(permissions.reaches(host: "b.example", port: 1) == (true, false))
        permissions.net.deny([bytes("b.example")])
        #expect(permissions.reaches(host: "b.example", port: 1) == (false, false))
    }

    @Test(
        arguments: [
            [10, 0, 0, 1], [127, 0, 0, 1], [192, 168, 1, 1], [172, 16, 0, 1], [172, 31, 255, 255],
            [169, 254, 169, 254],
            [100, 64, 0, 1], [0, 0, 0, 0], [224, 0, 0, 1], [255, 255, 255, 255], [198, 18, 0, 1],
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], [0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            [0xFC, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 127, 0, 0, 1],
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1],
            [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1],
            [0x20, 0x02, 192, 168, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        ] as [[UInt8]])
    func `an address of a private network is none of the Internet's`(_ bytes: [UInt8]) throws {
        #expect(try !#require(NetworkAddress(bytes: bytes)).isPublic)
    }

    @Test(
        arguments: [
            [8, 8, 8, 8], [172, 32, 0, 1], [192, 169, 0, 1], [100, 128, 0, 1],
            [0x26, 0x06, 0x47, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 8, 8, 8, 8],
        ] as [[UInt8]])
    func `an address of the Internet is one`(_ bytes: [UInt8]) throws {
        #expect(try #require(NetworkAddress(bytes: bytes)).isPublic)
    }

    @Test(arguments: [
        ("example.com.", "example.com"), ("EXAMPLE.com.:80", "example.com"), ("0x7f.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"), ("0177.0.0.01", "127.0.0.1"), ("127.1", "127.0.0.1"), ("127.0.0.1.", "127.0.0.1"),
        ("[::ffff:127.0.0.1]", "127.0.0.1"), ("[::FFFF:7f00:1]", "127.0.0.1"), ("[0:0:0:0:0:0:0:1]:80", "::1"),
        ("1.2.3", "1.2.0.3"), ("1.2.3.4.5", "1.2.3.4.5"), ("256.1.1.1", "256.1.1.1"), ("0x", "0x"),
        ("08.1.1.1", "08.1.1.1"),
    ])
    func `a host has one spelling, however it is written`(_ text: String, _ host: String) {
        #expect(HostRule(text)?.host == host)
    }

    @Test(arguments: ["example.com..", ".", ".:80"])
    func `more dots than one at the end are no host`(_ text: String) {
        #expect(HostRule(text) == nil)
    }

    @Test func `an address that is denied is denied under every name`() throws {
        var permissions = Permissions()
        permissions.net.allow(nil)
        permissions.net.deny([bytes("10.0.0.1"), bytes("bad.example")])
        #expect(permissions.denies(host: try #require(HostRule("0xa.1")).host, port: 80))
        #expect(permissions.denies(try #require(NetworkAddress("::ffff:10.0.0.1")), port: 80))
        #expect(permissions.denies(host: try #require(HostRule("BAD.example.")).host, port: 80))
        #expect(!permissions.denies(try #require(NetworkAddress("10.0.0.2")), port: 80))
    }

    @Test(arguments: [
        ("/dev/pts/0", false), ("/dev/tty", false), ("/dev/sda", false), ("/dev", false), ("/dev/null", true),
        ("/dev/shm/x", true), ("/dev/stdout", true), ("/device", true), ("/", true),
    ])
    func `all files are none of the devices`(_ path: String, _ covered: Bool) {
        var permissions = Permissions()
        permissions.write.allow(nil)
        #expect(permissions.covers(.write, path: bytes(path)) == covered)
        permissions.write.allow([bytes("/dev")])
        #expect(permissions.covers(.write, path: bytes(path)))
    }
}
