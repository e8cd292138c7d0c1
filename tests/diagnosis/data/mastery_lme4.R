# Write mastery_answers.csv and mastery_lme4.csv: made-up answers of classes, and lme4's fit of them.
# Rscript mastery_lme4.R   (R 4.2, lme4 1.1-31)
library(lme4)
set.seed(20260311)
classes <- 40; objectives <- 6; students <- 24; items <- 6

answers <- function(ability) {
  mu <- seq(-1, 1.2, length.out = objectives)
  a <- rnorm(classes, 0, 0.5)
  d <- matrix(rnorm(classes * objectives, 0, 0.45), classes)
  rows <- expand.grid(student = 1:students, objective = 1:objectives, class = 1:classes)
  theta <- matrix(rnorm(classes * students, 0, ability), classes)
  eta <- mu[rows$objective] + a[rows$class] + d[cbind(rows$class, rows$objective)] +
    theta[cbind(rows$class, rows$student)]
  rows$right <- rbinom(nrow(rows), items, plogis(eta))
  rows$objective <- sprintf("s%d", rows$objective)
  rows$student <- sprintf("c%02d-%02d", rows$class, rows$student)
  rows$class <- sprintf("c%02d", rows$class)
  rows
}

fitted <- function(name, ability) {
  rows <- answers(ability)
  formula <- cbind(right, items - right) ~ 0 + objective + (1 | class) + (1 | class:objective)
  if (ability > 0) formula <- update(formula, . ~ . + (1 | student))
  fit <- glmer(formula, rows, binomial, control = glmerControl(optimizer = "bobyqa"))
  share <- aggregate(right / items ~ class + objective, rows, mean)
  spread <- aggregate(right / items ~ class + objective, rows, function(x) mean((x - mean(x))^2))
  names(share)[3] <- "share"
  share$variance <- spread[[3]]
  own <- ranef(fit)[["class:objective"]]
  share$own <- own[paste(share$class, share$objective, sep = ":"), 1]
  share$difficulty <- fixef(fit)[paste0("objective", share$objective)]
  sds <- as.data.frame(VarCorr(fit))
  share$class_variance <- sds$vcov[sds$grp == "class"]
  share$own_variance <- sds$vcov[sds$grp == "class:objective"]
  cbind(case = name, share)
}

both <- rbind(fitted("alike", 0), fitted("able", 0.8))
both <- both[order(both$case, both$class, both$objective), ]
write.csv(both[c("case", "class", "objective", "share", "variance")],
          "mastery_answers.csv", row.names = FALSE, quote = FALSE)
write.csv(both[c("case", "class", "objective", "own", "difficulty", "class_variance", "own_variance")],
          "mastery_lme4.csv", row.names = FALSE, quote = FALSE)
