import LiveDocument
import RunClock
import Testing

@testable import TerminalUI

struct TerminalFaceTests {
    @Test
    func `the region stands under what the script prints`() {
        let stage = Stage()
        stage.device.print("before\n")
        stage.set("status", "Waiting in queue...")
        stage.set("progress", 25)
        stage.wait()
        #expect(
            stage.screen == """
                before

                Waiting in queue...
                progress ██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░ 25 %  0:00
                """)
        stage.device.print("status: pending\n")
        stage.set("progress", 50)
        stage.wait(2000)
        #expect(
            stage.screen == """
                before
                status: pending

                Waiting in queue...
                progress ████████████████████░░░░░░░░░░░░░░░░░░░ 50 %  0:02
                """)
        #expect(stage.device.terminal.complaints.isEmpty)
        #expect(stage.device.terminal.cursorIsShown)
    }
}
