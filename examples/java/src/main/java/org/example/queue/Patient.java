package org.example.queue;

/** Somebody who waits. Urgency goes from 1 (now) to 5 (no hurry). */
public record Patient(String name, int urgency) {
    public Patient {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a patient needs a name");
        }
        if (urgency < 1 || urgency > 5) {
            throw new IllegalArgumentException("urgency goes from 1 to 5, not " + urgency);
        }
    }
}
