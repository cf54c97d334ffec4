import DecartAPI
import Testing

struct BytePathTests {
    @Test(arguments: [
        ("a.mp4", ".", "a.mp4"), ("/a.mp4", "/", "a.mp4"), ("clips/a.mp4", "clips", "a.mp4"), ("/x/y/a", "/x/y", "a"),
        ("clips/", "clips", ""), ("", ".", ""), ("/", "/", ""),
    ])
    func `a path has a folder and a last component`(path: BytePath, folder: BytePath, last: BytePath) {
        #expect(path.folder == folder)
        #expect(path.lastComponent == last)
    }

    @Test(arguments: [
        ("clips", "a.mp4", "clips/a.mp4"), ("clips/", "a.mp4", "clips/a.mp4"), ("/", "a", "/a"), ("x", "/a", "/a"),
        (".", "../a", "./../a"),
    ])
    func `a path is seen from inside a folder`(folder: BytePath, path: BytePath, whole: BytePath) {
        #expect(folder.appending(path) == whole)
    }

    @Test func `bytes that are no text stay what they are`() {
        let (one, other) = (BytePath(bytes: [0x61, 0xE9]), BytePath(bytes: [0x61, 0xE8]))
        #expect(one != other)
        #expect(one.description == "a\u{FFFD}")
        #expect(one.cString == [0x61, CChar(bitPattern: 0xE9), 0])
    }

    @Test func `a path with a NUL in it is none to the system`() {
        #expect(BytePath("a\0b").cString == nil)
    }
}
