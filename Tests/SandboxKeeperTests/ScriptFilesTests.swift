import DecartAPI
import Foundation
import SandboxLink
import TestSupport
import Testing

@testable import SandboxKeeper

struct ScriptFilesTests {
    private let scratch: ScratchFolder
    private let files: ScriptFiles

    init() throws {
        scratch = try ScratchFolder()
        try scratch.write("here/script.lua", "script")
        try scratch.write("here/beside.lua", "beside")
        try scratch.write("here/deep/init.lua", "deep")
        try scratch.write("here/notes.txt", "notes")
        try scratch.write("here/.env", "KEY=1")
        try scratch.write("outside.lua", "outside")
        try FileManager.default.createSymbolicLink(
            atPath: scratch.file("here/link.lua"), withDestinationPath: scratch.file("outside.lua"))
        try FileManager.default.createSymbolicLink(
            atPath: scratch.file("here/up"), withDestinationPath: scratch.path)
        mkfifo(scratch.file("here/fifo.lua"), 0o600)
        files = ScriptFiles(
            script: BytePath(scratch.file("here/script.lua")), named: [BytePath(scratch.file("policy.lua"))])
        try scratch.write("policy.lua", "policy")
    }

    private func text(_ question: LinkedQuestion) -> String? {
        if case .file(_, let bytes) = files.answer(question) { String(decoding: bytes, as: UTF8.self) } else { nil }
    }

    private func chunk(_ path: String) -> String? { text(.chunk(Array(scratch.file(path).utf8))) }

    @Test func `the script, what the command line names and Lua beside the script are handed out`() {
        #expect(chunk("here/script.lua") == "script")
        #expect(chunk("policy.lua") == "policy")
        #expect(chunk("here/beside.lua") == "beside")
        #expect(chunk("here/./deep/../beside.lua") == "beside")
        #expect(text(.module("beside")) == "beside")
        #expect(text(.module("deep")) == "deep")
    }

    @Test(arguments: [
        "here/notes.txt", "here/.env", "outside.lua", "here/../outside.lua", "here/link.lua", "here/up/outside.lua",
        "here/up/here/beside.lua", "here/fifo.lua", "here/nothing.lua", "here", "here/deep",
    ])
    func `nothing else is, by whatever name`(_ path: String) {
        #expect(chunk(path) == nil)
    }

    @Test(arguments: [
        "..outside", "../outside", "up.outside", "link", "fifo", "", ".", "a..b", "deep/init", "x\u{0}y", "notes.txt",
    ])
    func `a module's name leads nowhere else either`(_ name: String) {
        #expect(text(.module(name)) == nil)
    }

    @Test func `what is missing is no refusal, what lies elsewhere is one`() {
        func isRefusal(_ path: String) -> Bool? {
            if case LinkedAnswer.none(_, let isRefusal) = files.answer(.chunk(Array(scratch.file(path).utf8))) {
                isRefusal
            } else {
                nil
            }
        }
        #expect(isRefusal("here/nothing.lua") == false)
        #expect(isRefusal("outside.lua") == true)
        #expect(isRefusal("here/link.lua") == true)
        #expect(isRefusal("here/.env") == true)
    }
}
