package org.example.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WaitingRoomTest {
    private final WaitingRoom room = new WaitingRoom();
    private final Patient ada = new Patient("Ada", 4);
    private final Patient ben = new Patient("Ben", 2);

    @Test
    void callsTheMostUrgentFirst() {
        room.enter(ada);
        room.enter(ben);
        assertEquals(ben, room.next().orElseThrow());
        assertEquals(ada, room.next().orElseThrow());
        assertTrue(room.next().isEmpty());
    }

    @Test
    void tellsThePosition() {
        room.enter(ada);
        room.enter(ben);
        assertEquals(1, room.position(ada));
    }

    @Test
    void refusesAnUnknownUrgency() {
        assertThrows(IllegalArgumentException.class, () -> new Patient("Cleo", 6));
    }
}
