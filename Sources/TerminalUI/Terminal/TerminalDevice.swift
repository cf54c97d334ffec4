/// A terminal as the live region needs it: what the script writes to it comes here first.
protocol TerminalDevice: Sendable {
    var size: TerminalSize { get }

    /// From now on what the script and the programs it starts write can be had by `read`; `arrived` is called when
    /// there is some. False: that cannot be done here.
    func begin(_ arrived: @escaping @Sendable () -> Void) -> Bool
    /// What was written since; does not wait.
    func read() -> [UInt8]
    /// Shows bytes.
    func write(_ bytes: [UInt8])
    /// Tells the programs the script starts of the terminal's size.
    func pass(_ size: TerminalSize)
    /// What is written from now on goes to the terminal itself; what came before can still be read, once.
    func end()
}

struct TerminalSize: Sendable, Hashable {
    var columns: Int
    var rows: Int
}
