import DecartModule
import LiveDocument
import RunClock
import ScriptRuntime
import TerminalUI

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `--ui auto|tty|plain|json|none`
enum UIMode: String, CaseIterable {
    case auto, tty, plain, json, none
}

/// What shows the document of one run on standard error. Closing may be done from any thread, and more than once.
struct Faces: Sendable {
    private let terminal: TerminalFace?
    private let lines: LineFace?

    /// - Parameters:
    ///   - isInteractive: whether there is a prompt: the terminal is its own then, and the document is shown as lines.
    ///   - runtime: whose clock the faces go by.
    init(_ mode: UIMode, colour: ColourChoice, isInteractive: Bool, runtime: ScriptRuntime, console: Console) {
        let isVirtual = runtime.clock.isRepeatable
        let clock: any RunClock =
            isVirtual ? NudgingClock(base: runtime.clock, nudge: { runtime.reconsider() }) : runtime.clock
        let show: @Sendable (String) -> Void = { console.line($0) }
        let variable: (String) -> String? = { getenv($0).map { String(cString: $0) } }
        var terminal: TerminalFace?
        let isTerminal = isatty(STDERR_FILENO) == 1
        if !isInteractive, isTerminal, mode == .tty || (mode == .auto && (variable("TERM") ?? "dumb") != "dumb") {
            let style = TerminalStyle(
                hasColour: TerminalStyle.hasColour(colour, environment: variable, isTerminal: isTerminal),
                hasBlocks: TerminalStyle.hasBlocks(environment: variable))
            // The script's loop is its clock's too, and both stand still in `os.execute`: frames have one of their own.
            terminal = TerminalFace(
                clock: isVirtual ? clock : SystemClock(), style: style, holdsOutput: !isVirtual, show: show)
        }
        self.terminal = terminal
        switch mode {
        case .json: lines = LineFace(.json, clock: clock, show: show)
        case .none: lines = nil
        case .auto, .tty, .plain: lines = terminal == nil ? LineFace(.plain, clock: clock, show: show) : nil
        }
    }

    /// Shows the module's document from now on.
    func follow(_ module: DecartModule, in runtime: isolated ScriptRuntime) {
        guard terminal != nil || lines != nil else { return }
        runtime.onWait { [self] in look(at: module) }
    }

    func look(at module: DecartModule) {
        terminal?.look(at: &module.document)
        lines?.look(at: &module.document)
    }

    func resized() {
        terminal?.resized()
    }

    func close() {
        terminal?.close()
        lines?.close()
    }
}
