# What happened between Iran and Pakistan, in order of time. Base R: no package is needed.
folder <- commandArgs(trailingOnly = TRUE)
data <- if (length(folder)) folder[1] else "dist/latest/data"
table_of <- function(name) {
  read.csv(file.path(data, paste0(name, ".csv")), colClasses = "character", na.strings = "", encoding = "UTF-8")
}

events <- table_of("events")
actors <- table_of("actors")
agreements <- table_of("agreements")
members <- merge(table_of("event_participants"), actors[c("actor_id", "name")], by = "actor_id")
joined <- function(names) paste(sort(unique(names), method = "radix"), collapse = ", ")
has <- function(code) unique(members$event_id[members$country %in% code])

answer <- events[events$event_id %in% intersect(has("IRN"), has("PAK")), ]
answer$actors <- tapply(members$name, members$event_id, joined)[answer$event_id]
answer$agreement <- agreements$title[match(answer$agreement_id, agreements$agreement_id)]
answer <- answer[order(answer$date_start, answer$date, answer$event_id, method = "radix"), ]
write.csv(answer[c("date", "type", "status", "actors", "place", "agreement")], row.names = FALSE, na = "")
