import DecartModule
import Glibc
import LiveDocument
import RunClock
import ScriptRuntime
import TerminalUI

/// `--ui auto|tty|plain|json|none`
enum UIMode: String, CaseIterable {
    case auto, tty, plain, json, none
}

/// Everything that shows the document of one run: the terminal or lines on standard error, and the page. It can be
/// closed from any thread, and more than once.
struct Renderers: Sendable {
    private let all: [any DocumentRenderer]

    /// - Parameters:
    ///   - isInteractive: whether there is a prompt. The prompt then owns the terminal, and the document shows as
    ///     lines.
    ///   - page: nil: there is none.
    ///   - keeper: shows the document outside of this process.
    ///   - runtime: whose clock the renderers use.
    init(
        _ mode: UIMode, colour: ColourChoice, isInteractive: Bool, page: (any DocumentRenderer)?,
        keeper: KeptDisplay? = nil, runtime: ScriptRuntime, console: Console
    ) {
        let clock: any RunClock =
            runtime.clock.isRepeatable
            ? LoopWakingClock(base: runtime.clock, wakeLoop: { runtime.reconsider() }) : runtime.clock
        let onStandardError: (any DocumentRenderer)? =
            switch mode {
            case .json: LineRenderer(.json, clock: clock) { console.line($0) }
            case .none: nil
            case .auto where keeper?.hasTerminal == true, .tty where keeper?.hasTerminal == true: nil
            case .auto, .tty, .plain:
                (mode == .plain || isInteractive ? nil : Self.terminal(mode, colour, clock, console))
                    ?? LineRenderer(.plain, clock: clock) { console.line($0) }
            }
        all = [onStandardError, page, keeper].compactMap { $0 }
    }

    init(_ all: [any DocumentRenderer]) { self.all = all }

    /// Nothing that shows anything.
    init() { all = [] }

    /// nil if there is no terminal to draw on.
    static func terminal(
        _ mode: UIMode, _ colour: ColourChoice, _ clock: any RunClock, _ console: Console,
        sharing: (any TerminalSharing)? = nil
    ) -> TerminalRenderer? {
        let variable: (String) -> String? = { getenv($0).map { String(cString: $0) } }
        let isTerminal = isatty(STDERR_FILENO) == 1
        guard isTerminal, mode == .tty || (variable("TERM") ?? "dumb") != "dumb" else { return nil }
        let style = TerminalStyle(
            hasColour: TerminalStyle.hasColour(colour, environment: variable, isTerminal: isTerminal),
            hasBlocks: TerminalStyle.hasBlocks(environment: variable))
        // The script's loop also runs its clock, and both stand still in `os.execute`. Frames have a clock of their
        // own.
        return TerminalRenderer(
            clock: clock.isRepeatable ? clock : SystemClock(), style: style, holdsOutput: !clock.isRepeatable,
            sharing: sharing
        ) { console.line($0) }
    }

    /// Shows the module's document from now on.
    func follow(_ module: DecartModule, in runtime: isolated ScriptRuntime) {
        guard !all.isEmpty else { return }
        runtime.onWait { [self] in update(from: module) }
    }

    func update(from module: DecartModule) {
        for renderer in all { renderer.update(from: &module.document) }
    }

    func update(from document: inout LiveDocument) {
        for renderer in all { renderer.update(from: &document) }
    }

    func resize() {
        for renderer in all { renderer.resize() }
    }

    func close(_ end: DocumentEnd) {
        for renderer in all { renderer.close(end) }
    }
}
