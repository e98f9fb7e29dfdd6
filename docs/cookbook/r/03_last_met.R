# When two states last met: one row a pair. Base R: no package is needed.
folder <- commandArgs(trailingOnly = TRUE)
data <- if (length(folder)) folder[1] else "dist/latest/data"
table_of <- function(name) {
  read.csv(file.path(data, paste0(name, ".csv")), colClasses = "character", na.strings = "", encoding = "UTF-8")
}

events <- table_of("events")
events <- events[events$status == "occurred" & events$type %in% c("meet", "visit") & !is.na(events$date_end), ]
members <- unique(table_of("event_participants")[c("event_id", "country")])
members <- members[!is.na(members$country), ]
pairs <- merge(members, members, by = "event_id", suffixes = c("_a", "_b"))
pairs <- pairs[pairs$country_a < pairs$country_b, ]

answer <- merge(events, pairs, by = "event_id")
answer <- answer[order(answer$date_end, answer$event_id, decreasing = c(TRUE, FALSE), method = "radix"), ]
answer <- answer[!duplicated(answer[c("country_a", "country_b")]), ]
answer <- answer[order(answer$date_end, answer$country_a, answer$country_b, decreasing = c(TRUE, FALSE, FALSE), method = "radix"), ]
write.csv(answer[c("country_a", "country_b", "date", "type", "place", "origins", "event_id")], row.names = FALSE, na = "")
