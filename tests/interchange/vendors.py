"""Write test results in layouts like those of vendors; every column and number is made up."""

# ruff: noqa: E501 - rows of files, as they are

# Like an adaptive growth test: a term in words, several subjects, many columns nobody needs.
GROWTH = """TermName,DistrictName,StudentID,StudentLastName,StudentFirstName,StudentGrade,MeasurementScale,TestName,TestStartDate,TestStartTime,TestRITScore,TestStandardError,TestPercentile,FallToWinterGrowthPercentile,RITtoReadingScore
Fall 2025-2026,Tiny District,p-1,Ito,Mai,4,Mathematics,Growth: Math 2-5,09/16/2025,08:41:00,203,3.1,58,,
Fall 2025-2026,Tiny District,p-1,Ito,Mai,4,Reading,Growth: Reading 2-5,09/17/2025,08:40:00,199,3.3,51,,
Fall 2025-2026,Tiny District,p-1,Ito,Mai,4,Language Usage,Growth: Language 2-12,09/18/2025,08:40:00,201,3.2,55,,
Fall 2025-2026,Tiny District,p-2,Lund,Per,4,Mathematics,Growth: Math 2-5,09/16/2025,08:41:00,188,3.0,24,,
Fall 2025-2026,Tiny District,p-2,Lund,Per,4,Science - General,Growth: Science 3-5,09/22/2025,09:10:00,190,3.4,33,,
"""

# Like a screener: a screening window, two-digit years, percentile ranks, a student without a test.
SCREENER = """School Year,Screening Window,Student Identifier,Grade,Subject,Completed Date,Unified Scale Score,SEM,PR,NCE,Grade Equivalent
2025-2026,Fall Screening,p-1,4,Math,9/9/25,"1,012",17,61,55.9,4.6
2025-2026,Fall Screening,p-2,4,Math,9/9/25,968,18,38,43.6,3.7
2025-2026,Fall Screening,p-3,4,Math,,,,,,
"""

# Like a diagnostic: times behind dates, kindergarten, ordinals, placement in words.
DIAGNOSTIC = """Last Name,First Name,Student ID,Student Grade,Academic Year,School,Subject,Window,Start Date,Completion Date,Overall Scale Score,Overall Placement,Percentile,Number and Operations Scale Score
Ito,Mai,p-1,4,2025 - 2026,Cedar Elementary,Math,Beginning of Year,2025-09-10 09:02:11,2025-09-11 09:40:00,451,Early 4,57th,460
Lund,Per,p-2,K,2025 - 2026,Cedar Elementary,Math,Beginning of Year,2025-09-10 09:02:11,2025-09-11 09:41:00,338,Emerging K,<1,345
"""

# Like a state's file: wide, a column for each subject, levels in words, one date for all.
STATE = """State Student ID,Local Student ID,Tested Grade,Administration,Date Tested,ELA Scale Score,ELA SEM,ELA Performance Level,Math Scale Score,Math SEM,Math Performance Level
990001,p-1,04,Spring 2026,5/6/2026,2480,24,Meets,2455,22,Approaches
990002,p-2,04,Spring 2026,5/6/2026,2431,25,Approaches,,,
"""

# Like a state's file by objective: wide, two columns for each standard, a total of all.
WIDE_OBJECTIVES = """Student ID,Test Date,Content Area,4.NF.1 Earned,4.NF.1 Possible,4.OA.A.3 Earned,4.OA.A.3 Possible,Raw Total
p-1,10/1/2025,Mathematics,4,5,1,4,5
p-2,10/1/2025,Mathematics,2,5,,,2
"""

OBJECTIVES = """Student ID,Test Date,Content Area,Standard Code,Points Possible,Points Earned
p-1,10/1/2025,Mathematics,0b100000-0000-4000-8000-000000000001,5,4
p-2,10/1/2025,Mathematics,0b100000-0000-4000-8000-000000000001,5,2
"""
