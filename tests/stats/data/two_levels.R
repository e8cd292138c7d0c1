# With two levels the many-facet model is a logistic mixed model, which lme4 fits (Laplace).
# Run with Debian's r-cran-lme4 (1.1-31): Rscript two_levels.R, in this folder.
library(lme4)

marks <- read.csv("marks_of_two_levels.csv")
marks$own <- interaction(marks$teacher, marks$element, drop = TRUE)
fitted <- glmer(
  level ~ 0 + factor(element) + (1 | teacher) + (1 | own) + (1 | lesson) + (1 | visitor),
  data = marks, family = binomial,
  control = glmerControl(optimizer = "bobyqa", optCtrl = list(maxfun = 2e5))
)
effects <- ranef(fitted, condVar = FALSE)
variance <- sapply(VarCorr(fitted), function(v) v[1, 1])
rows <- rbind(
  data.frame(what = "variance", name = names(variance), value = variance),
  data.frame(what = "usual", name = seq_along(fixef(fitted)) - 1, value = fixef(fitted)),
  data.frame(what = "teacher", name = rownames(effects$teacher), value = effects$teacher[, 1]),
  data.frame(what = "severity", name = rownames(effects$visitor), value = -effects$visitor[, 1])
)
rows$value <- round(rows$value, 6)
write.csv(rows, "two_levels.csv", row.names = FALSE, quote = FALSE)
