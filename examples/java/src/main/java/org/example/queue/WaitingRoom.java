package org.example.queue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;

/** Calls the most urgent patient first, and among equals the one who came first. */
public final class WaitingRoom {
    private final TreeMap<Integer, Deque<Patient>> queues = new TreeMap<>();

    public void enter(Patient patient) {
        queues.computeIfAbsent(patient.urgency(), urgency -> new ArrayDeque<>()).add(patient);
    }

    public Optional<Patient> next() {
        if (queues.isEmpty()) {
            return Optional.empty();
        }
        var first = queues.firstEntry();
        Patient patient = first.getValue().remove();
        if (first.getValue().isEmpty()) {
            queues.remove(first.getKey());
        }
        return Optional.of(patient);
    }

    /** How many are called before this patient. */
    public int position(Patient patient) {
        int before = 0;
        for (Deque<Patient> queue : queues.values()) {
            for (Patient other : queue) {
                if (other.equals(patient)) {
                    return before;
                }
                before++;
            }
        }
        throw new NoSuchElementException(patient.name() + " does not wait here");
    }
}
