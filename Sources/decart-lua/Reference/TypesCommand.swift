import ArgumentParser
import DecartAPI
import ScriptReference

/// `decart-lua types`: what scripts see, as type annotations for editors.
struct TypesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decart-lua types",
        abstract: "Print the types of what scripts see, for lua-language-server and its like.",
        discussion: """
            Without --to it prints those of require("decart") and of the globals. With --to it writes a file for each \
            module, below a folder that .luarc.json names under "workspace.library".
            """)

    @Option(
        help: ArgumentHelp("Write decart.lua and decart/test.lua into this folder.", valueName: "folder"),
        transform: BytePath.init(word:))
    var to: BytePath?

    func execute() async throws {
        let reference = try await FullReference.make()
        guard let to else {
            print(LuaTypes(reference).text, terminator: "")
            return
        }
        for module in LuaTypes.modules(of: reference) {
            let file = to.appending(BytePath(module.replacing(".", with: "/") + ".lua"))
            try NewFile.makeFolder(file.folder)
            try await NewFile.write(LuaTypes(reference, module: module).text, to: file)
        }
    }
}
