# Which instruments on culture are signed, and between whom. Base R: no package is needed.
folder <- commandArgs(trailingOnly = TRUE)
data <- if (length(folder)) folder[1] else "dist/latest/data"
table_of <- function(name) {
  read.csv(file.path(data, paste0(name, ".csv")), colClasses = "character", na.strings = "", encoding = "UTF-8")
}

agreements <- table_of("agreements")
members <- merge(table_of("agreement_parties"), table_of("actors")[c("actor_id", "name")], by = "actor_id")
members <- members[members$role == "party", ]
joined <- function(names) paste(sort(names, method = "radix"), collapse = ", ")

answer <- agreements[grepl('"culture"', agreements$fields, fixed = TRUE) & agreements$status %in% c("signed", "in_force"), ]
answer$parties <- tapply(members$name, members$agreement_id, joined)[answer$agreement_id]
answer <- answer[order(answer$date_start, answer$date, answer$agreement_id, method = "radix"), ]
write.csv(answer[c("date", "instrument", "title", "parties", "instruments")], row.names = FALSE, na = "")
