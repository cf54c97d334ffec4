import ArgumentParser
import ScriptReference

/// `decart-lua help`: the reference of what scripts see, in the terminal.
struct HelpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decart-lua help",
        abstract: "Print what scripts can call.",
        discussion: """
            Without a name it lists everything; a name may be whole (client.queue.poll, blob:save, Job) or the end of \
            one (queue.poll, save). 'decart-lua --help' is about the command line.
            """)

    @Argument(help: "A name, such as queue.poll; everything unless given.")
    var name: String?
    @Flag(help: "Print all of the reference as Markdown.")
    var markdown = false
    @Flag(help: "Print the command's page for man.")
    var man = false

    func validate() throws {
        guard [markdown, man, name != nil].filter(\.self).count <= 1 else {
            throw ValidationError("give a name, --markdown or --man")
        }
    }

    /// - Returns: whether there was something to print.
    func execute() async throws -> Bool {
        let reference = try await FullReference.make()
        if markdown {
            print(ReferencePage(reference).text, terminator: "")
            return true
        }
        if man {
            print(ManPage(reference: reference).text, terminator: "")
            return true
        }
        let help = HelpText(reference)
        guard let name else {
            print(help.overview, terminator: "")
            return true
        }
        guard let text = help.text(for: name) else {
            Console().error(help.complaint(about: name))
            return false
        }
        print(text, terminator: "")
        return true
    }
}
