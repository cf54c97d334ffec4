import Foundation
import Testing

@testable import ScriptTesting

struct TestFilesTests {
    @Test func `files are taken as named, folders are searched, each file once and in order`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/tests-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["b_test.lua", "a_test.lua", "sub/c_test.lua", "sub/plain.lua", ".hidden/d_test.lua"] {
            let path = folder + "/" + name
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            #expect(FileManager.default.createFile(atPath: path, contents: nil))
        }
        let all = ["a_test.lua", "b_test.lua", "sub/c_test.lua"].map { "\(folder)/\($0)" }
        #expect(try TestFiles.find([folder]) == all)
        #expect(try TestFiles.find([folder + "/"]) == all)
        #expect(
            try TestFiles.find(["\(folder)/sub/plain.lua", folder + "/sub", "\(folder)/sub/c_test.lua"])
                == ["\(folder)/sub/plain.lua", "\(folder)/sub/c_test.lua"])
        #expect(throws: TestFiles.Problem(message: "there is no file or folder '\(folder)/none'")) {
            try TestFiles.find(["\(folder)/none"])
        }
        #expect(throws: TestFiles.Problem.self) { try TestFiles.find([folder + "/.hidden/none", folder]) }
    }

    @Test func `a filter is a text or a Lua pattern`() throws {
        let plain = try TestFilter("back-off")
        #expect(plain.picks("the seed page's back-off waits"))
        #expect(!plain.picks("the seed page waits"))
        #expect(try TestFilter("^the .* waits$").picks("the seed page waits"))
        #expect(throws: TestFilter.Problem.self) { _ = try TestFilter("[") }
    }
}
