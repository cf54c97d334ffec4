public import LiveDocument
public import RunClock
import Synchronization

/// Shows a document live on the terminal, under the script's own output; see `LiveRegion`. When it is closed the last
/// state stays as plain lines.
public final class TerminalRenderer: DocumentRenderer {
    /// The document as it was at the script's last wait. Locked only for moments, since the script's thread needs it.
    private struct Copy {
        var document = LiveDocument()
        var watches = Stopwatches()
    }

    private struct Screen {
        var region: LiveRegion
        var size: TerminalSize
        var isOpen = false
        var isClosed = false
    }

    private struct Schedule {
        var frames = Throttle(interval: LiveDocument.frameInterval)
        var wake: WakeID?
    }

    private let device: any TerminalDevice
    private let clock: any RunClock
    private let style: TerminalStyle
    private let holdsOutput: Bool
    /// Shows the document if there is no pseudo-terminal to be had.
    private let fallback: LineRenderer
    private let copy = Mutex(Copy())
    private let screen: Mutex<Screen>
    private let schedule = Mutex(Schedule())
    private let isFallingBack = Atomic(false)
    /// Whether a frame that shows what the script has set is to come as soon as the pace allows.
    private let isAwaited = Atomic(false)

    /// More output than this is shown without waiting for the next frame.
    private static let heldLimit = 1 << 14

    /// The terminal on standard error; nil if there is none.
    /// - Parameters:
    ///   - clock: times the frames. It must keep going while the script's thread is busy.
    ///   - holdsOutput: whether what the script writes waits for the next frame, so that the region does not flicker;
    ///     false if the clock's time may stand still.
    ///   - sharing: who else uses the terminal; nil: nobody.
    public convenience init?(
        clock: any RunClock, style: TerminalStyle, holdsOutput: Bool, sharing: (any TerminalSharing)? = nil,
        show: @escaping @Sendable (String) -> Void
    ) {
        guard let terminal = PseudoTerminal() else { return nil }
        let device: any TerminalDevice = sharing.map { SharedTerminal(device: terminal, sharing: $0) } ?? terminal
        self.init(device: device, clock: clock, style: style, holdsOutput: holdsOutput, show: show)
    }

    init(
        device: any TerminalDevice, clock: any RunClock, style: TerminalStyle, holdsOutput: Bool = true,
        show: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.device = device
        self.clock = clock
        self.style = style
        self.holdsOutput = holdsOutput
        fallback = LineRenderer(.plain, clock: clock, show: show)
        let size = device.size
        screen = Mutex(Screen(region: LiveRegion(columns: size.columns), size: size))
    }

    // MARK: From the script's side

    public func update(from document: inout LiveDocument) {
        guard document.hasElements || !document.title.isEmpty else { return }
        if isFallingBack.load(ordering: .relaxed) { return fallback.update(from: &document) }
        let isFirst = copy.withLock { copy -> Bool? in
            let isFirst = copy.document.sequence == 0
            return copy.document.follow(&document) ? isFirst : nil
        }
        guard let isFirst else { return }
        if isFirst, !open() {
            isFallingBack.store(true, ordering: .relaxed)
            return fallback.update(from: &document)
        }
        // Mostly the script has been at another wait since the last frame.
        if !isAwaited.exchange(true, ordering: .acquiringAndReleasing) { want(at: clock.now) }
    }

    public func resize() {
        let size = device.size
        screen.withLock { screen in
            screen.size = size
            screen.region.resize(columns: size.columns)
        }
        device.pass(size)
        want(at: clock.now)
    }

    /// Leaves the last state as plain lines, and restores the terminal.
    public func close(_ end: DocumentEnd) {
        fallback.close(end)
        screen.withLock { screen in
            guard screen.isOpen, !screen.isClosed else { return }
            screen.isClosed = true
            device.end()
            screen.region.hold(device.read())
            let lines = copy.withLock { PlainLines.state(of: $0.document) }
            device.write(screen.region.close(lines))
        }
    }

    // MARK: Drawing

    private func open() -> Bool {
        screen.withLock { screen in
            guard device.begin({ [weak self] in self?.arrived() }) else { return false }
            screen.isOpen = true
            return true
        }
    }

    /// The script, or a program it started, has written something.
    private func arrived() {
        let shown = screen.withLock { screen in
            guard !screen.isClosed else { return false }
            screen.region.hold(device.read())
            if !holdsOutput || !screen.region.isShown || screen.region.heldCount > Self.heldLimit {
                device.write(screen.region.flush())
            }
            return true
        }
        if shown { want(at: clock.now) }
    }

    private func want(at instant: RunInstant) {
        schedule.withLock { schedule in
            guard let due = schedule.frames.want(at: instant) else { return }
            if let wake = schedule.wake { clock.cancelWake(wake) }
            schedule.wake = clock.wake(at: due) { [weak self] in self?.draw() }
        }
    }

    private func draw() {
        let now = clock.now
        schedule.withLock { schedule in
            schedule.frames.happened(at: now)
            schedule.wake = nil
        }
        // Once the schedule knows of this frame, so that it takes another one; but before the copy is read, since what
        // comes into it later wants that one.
        isAwaited.store(false, ordering: .releasing)
        let next = screen.withLock { screen -> RunInstant? in
            guard screen.isOpen, !screen.isClosed else { return nil }
            let (rows, elapsed) = copy.withLock { copy in
                copy.watches.update(from: copy.document, now: now)
                return (RegionRow.rows(of: copy.document, copy.watches, now: now), copy.watches.elapsed(now: now))
            }
            let painter = RegionPainter(columns: screen.size.columns, limit: max(1, screen.size.rows - 2), style: style)
            screen.region.hold(device.read())
            device.write(screen.region.frame(painter.paint(rows)))
            // The times on the rows advance by themselves.
            let second = Int64(1_000_000_000)
            return rows.isEmpty ? nil : now + Duration.nanoseconds(second - elapsed.saturatingNanoseconds % second)
        }
        if let next { want(at: next) }
    }
}
