import DecartAPI
import PlainErrors
import TestSupport
import Testing

@testable import ScriptTesting

struct TestFilesTests {
    @Test func `files are taken as named, folders are searched, each file once and in order`() throws {
        let scratch = try ScratchFolder()
        let folder = scratch.path
        for name in ["b_test.lua", "a_test.lua", "sub/c_test.lua", "sub/plain.lua", ".hidden/d_test.lua"] {
            try scratch.write(name, "")
        }
        let all = ["a_test.lua", "b_test.lua", "sub/c_test.lua"].map { BytePath("\(folder)/\($0)") }
        #expect(try TestFiles.find([BytePath(folder)]) == all)
        #expect(try TestFiles.find([BytePath(folder + "/")]) == all)
        #expect(
            try TestFiles.find(["sub/plain.lua", "sub", "sub/c_test.lua"].map { BytePath("\(folder)/\($0)") })
                == ["sub/plain.lua", "sub/c_test.lua"].map { BytePath("\(folder)/\($0)") })
        #expect(throws: MessageError("there is no file or folder '\(folder)/none'")) {
            try TestFiles.find([BytePath("\(folder)/none")])
        }
        #expect(throws: MessageError.self) {
            try TestFiles.find([BytePath(folder + "/.hidden/none"), BytePath(folder)])
        }
    }

    @Test func `a filter is a text or a Lua pattern`() throws {
        let plain = try TestFilter("back-off")
        #expect(plain.picks("the seed page's back-off waits"))
        #expect(!plain.picks("the seed page waits"))
        #expect(try TestFilter("^the .* waits$").picks("the seed page waits"))
        #expect(throws: MessageError.self) { _ = try TestFilter("[") }
    }
}
