"""Write a tiny, sound district: one school, Ana and Ben, three students, and each kind of file."""
# ruff: noqa: E501 - lines of CSV stand here as they stand in the files

import json
import zipfile
from pathlib import Path

from trellis.interchange import oneroster

OBJECTIVE = "0b100000-0000-4000-8000-000000000001"
DOCUMENT = "d0c00000-0000-4000-8000-000000000001"

ONEROSTER = {
    "orgs": """sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
d1,,,Tiny District,district,,
s1,,,Cedar Elementary,school,,d1
""",
    "academicSessions": """sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear
y26,,,2025-26,schoolYear,2025-08-18,2026-06-12,,2026
""",
    "courses": """sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes
math4,,,y26,Math 4,,04,s1,math,
""",
    "classes": """sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods
c1,,,Grade 4 Math,04,math4,,scheduled,,s1,y26,math,,
""",
    "users": """sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns
t-ana,,,true,ana,,Ana,Ruiz,,,ana@tiny.example,,,,,,,,,,s1,
t-ben,,,true,ben,,Ben,Okafor,,,ben@tiny.example,,+1 555 0100,,,secret,,,,,s1,
t-chi,,,true,chi,,Chi,Nguyen,,,chi@tiny.example,,,,,,,,,,s1,
t-dee,,,true,dee,,Dee,Walker,,,dee@tiny.example,,,,,,,,,,s1,
t-hana,,,true,hana,,Hana,Sato,,,hana@tiny.example,,,,,,,,,,d1,
p-1,,,true,p1,,Ivy,Lane,,,,,,,04,,,,,,s1,
p-2,,,true,p2,,Jon,Moss,,,,,,,04,,,,,,s1,
p-3,,,true,p3,,Kim,Nash,,,,,,,04,,,,,,s1,
""",
    "roles": """sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId
r1,,,t-ana,primary,teacher,2025-08-18,,s1,
r2,,,t-ben,primary,teacher,2025-08-18,,s1,
r3,,,t-chi,primary,teacher,2025-08-18,,s1,
r4,,,t-dee,primary,principal,2025-08-18,,s1,
r5,,,p-1,primary,student,2025-08-18,,s1,
r6,,,p-2,primary,student,2025-08-18,,s1,
r7,,,p-3,primary,student,2025-08-18,,s1,
r8,,,t-hana,primary,districtAdministrator,2025-08-18,,d1,
""",
    "enrollments": """sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate
e1,,,c1,s1,t-ana,teacher,true,2025-08-18,
e2,,,c1,s1,p-1,student,,2025-08-18,
e3,,,c1,s1,p-2,student,,2025-08-18,
e4,,,c1,s1,p-3,student,,2025-08-18,
""",
    "categories": """sourcedId,status,dateLastModified,title,weight
quiz,,,Quizzes,
""",
    "lineItems": """sourcedId,status,dateLastModified,title,description,assignDate,dueDate,classSourcedId,categorySourcedId,academicSessionSourcedId,resultValueMin,resultValueMax,schoolSourcedId
li1,,,"Fractions, week 3",,2025-09-15,2025-09-19,c1,quiz,y26,0,5,s1
""",
    "results": """sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment,textScore,classSourcedId,inProgress,incomplete,late,missing
res1,,,li1,p-1,fully graded,4,2025-09-19,,,c1,false,false,false,false
res2,,,li1,p-2,fully graded,2,2025-09-19,,,c1,false,false,false,false
res3,,,li1,p-3,not submitted,,2025-09-19,,,c1,false,false,false,true
""",
    "lineItemLearningObjectiveIds": """sourcedId,status,dateLastModified,lineItemSourcedId,source,learningObjectiveId
lo1,,,li1,case,0b100000-0000-4000-8000-000000000001
""",
    "resultLearningObjectiveIds": """sourcedId,status,dateLastModified,resultSourcedId,source,learningObjectiveId,score,textScore
rlo1,,,res1,case,0b100000-0000-4000-8000-000000000001,4,
rlo2,,,res2,case,0b100000-0000-4000-8000-000000000001,2,
""",
}

OBJECTIVES = {
    "CFDocument": {
        "identifier": DOCUMENT,
        "uri": "https://tiny.example/d0c00000-0000-4000-8000-000000000001",
        "title": "Objectives of Tiny District",
        "creator": "Tiny District",
        "lastChangeDateTime": "2025-08-01T00:00:00Z",
    },
    "CFItems": [
        {
            "identifier": OBJECTIVE,
            "uri": "https://tiny.example/0b100000-0000-4000-8000-000000000001",
            "fullStatement": "Explain why two fractions are equivalent",
            "humanCodingScheme": "4.NF.1",
            "educationLevel": ["04"],
            "subject": ["math"],
            "lastChangeDateTime": "2025-08-01T00:00:00Z",
        }
    ],
    "CFAssociations": [
        {
            "identifier": "a5500000-0000-4000-8000-000000000001",
            "uri": "https://tiny.example/a-1",
            "associationType": "isChildOf",
            "originNodeURI": {
                "identifier": OBJECTIVE,
                "uri": "u",
                "title": "t",
            },
            "destinationNodeURI": {
                "identifier": DOCUMENT,
                "uri": "u",
                "title": "t",
            },
            "sequenceNumber": 1,
            "lastChangeDateTime": "2025-08-01T00:00:00Z",
        }
    ],
}

REVIEWS = [
    {
        "review_id": "rev-1",
        "program_id": "content-coaching",
        "question": "Does content coaching move practice?",
        "registered_on": "2025-08-01",
        "registered_by": "t-hana",
        "design": "lottery",
        "unit": "teacher",
        "primary_outcome": "practice",
        "outcome_years": [2026],
        "baseline_year": 2025,
        "smallest_effect": 0.2,
        "decision_rule": "Continue if it helps.",
    }
]

FILES = {
    "staff.csv": """person_id,school_id,school_year,years_experience,grades,subjects,next_year
t-ana,s1,2026,6,04,math;ela,
t-chi,s1,2026,11,04;05,math,stayed
""",
    "role_grants.csv": """person_id,role,scope_kind,scope_id,starts_on,ends_on,legitimate_interest
t-ana,teacher,school,s1,2025-08-18,,teaches here
t-chi,teacher,school,s1,2025-08-18,,teaches here
t-ben,coach,district,,2025-08-18,,coaches teachers
t-dee,school_leader,school,s1,2025-08-18,,leads the school
t-hana,administrator,district,,2025-08-18,,runs Trellis
""",
    "evaluators.csv": """evaluator_id,teacher_id,school_year
t-dee,t-ana,2026
""",
    "assessment_results.csv": """student_id,school_year,term,tested_on,subject,grade,scale_score,standard_error
p-1,2026,fall,2025-09-10,math,04,401.5,12.1
p-2,2026,fall,2025-09-10,math,04,388,11.9
p-2,2026,winter,2026-01-14,math,04,396,
""",
    "class_feedback.csv": """section_id,given_on,item,element,enrolled,never,rarely,sometimes,often,always
c1,2025-11-05,thinking.1,instruction.thinking,9,1,2,3,2,1
c1,2025-11-05,thinking.2,instruction.thinking,9,1,1,3,2,1
c1,2025-11-05,checks.1,instruction.checks,9,1,1,1,1,0
""",
    "partnerships.csv": """partnership_id,teacher_id,partner_id,kind,started_on,ended_on,focus_element,program_id
pa1,t-ana,t-ben,coach,2025-09-08,,instruction.thinking,content-coaching
pa2,t-ana,t-chi,peer,2025-10-01,2026-01-30,,
""",
    "sessions.csv": """session_id,partnership_id,state,held_on,starts_at,minutes,mode,moves
se1,pa1,held,2025-09-16,10:20,30,in person,planning together;looking at student work
""",
    "visit_notes.csv": """visit_id,partnership_id,visited_on,section_id,reason,element,level,noticing
v1,pa1,2025-10-07,c1,planned,instruction.thinking,beginning,"Two students explained a step, unprompted"
v1,pa1,2025-10-07,c1,planned,culture.support,established,
v2,pa1,2025-12-02,c1,asked for,instruction.thinking,developing,Five students explained
""",
    "programs.csv": """program_id,title,provider_id,provider_name,provider_kind,description,theory_of_action,mechanisms,elements,evidence_tier,evidence_source
content-coaching,Content coaching,district,Tiny District,in-house,Coaching on math,Practice with feedback,insight;practice,instruction.thinking,moderate,
online-library,Online library,lumen,LumenPD,commercial,Videos,Watching,insight,,none,
""",
    "offers.csv": """offer_id,program_id,title,school_year,starts_on,ends_on,seats,place,assignment
of1,content-coaching,Content coaching 2025-26,2026,2025-09-01,2026-05-29,10,in person,lottery
""",
    "participation.csv": """offer_id,teacher_id,state,minutes,useful,tried_in_class
of1,t-ana,attended,240,yes,yes
""",
    "draws.csv": """offer_id,unit,block,probability,drawn,seed,drawn_at
of1,t-ana,s1,0.5,true,7,2025-08-20T15:00:00Z
of1,t-chi,s1,0.5,false,7,2025-08-20T15:00:00Z
""",
    "rollouts.csv": """program_id,school_id,starts_on
online-library,s1,2025-10-01
""",
    "consents.csv": """teacher_id,purpose,given_on,withdrawn_on
t-ana,study visits,2025-08-25,
""",
    "study_visits.csv": """study_visit_id,visited_on,school_year,teacher_id,visitor_id,made_by,program_id,element,level
sv1,2026-02-10,2026,t-ana,t-hana,trained visitor,,instruction.thinking,developing
""",
    "costs.csv": """program_id,school_year,ingredient,category,quantity,unit,unit_price_usd,price_year,source
content-coaching,2026,Coach time,staff,0.5,full-time post,84000,2026,payroll
""",
    "resources.csv": """resource_id,title,kind,summary,elements,grades,subjects,minutes,format,url,evidence_level,evidence_source,provider_id,license
re1,Explain a step,practice,A routine for explanations,instruction.thinking,04;05,math,15,text,https://tiny.example/explain,promising,,district,CC BY 4.0
""",
}


NAMES = tuple(sorted(oneroster.FILES["1.2"], key=str.lower))


def manifest(names: tuple[str, ...] = tuple(ONEROSTER), mode: str = "bulk") -> str:
    """Write a manifest of 1.2 that names every file of the standard."""
    lines = ["propertyName,value", "manifest.version,1.0", "oneroster.version,1.2"]
    modes = {name: mode if name in names else "absent" for name in NAMES}
    return "\n".join([*lines, *(f"file.{name},{said}" for name, said in modes.items())]) + "\n"


def write_zip(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def write_bundle(path: Path, **changed: str) -> Path:
    """Write the OneRoster bundle, with some of its files replaced."""
    files = ONEROSTER | changed
    members: dict[str, str | bytes] = {f"{name}.csv": text for name, text in files.items()}
    return write_zip(path, {"manifest.csv": manifest(tuple(files))} | members)


def write_district(folder: Path, **changed: str) -> Path:
    """Write every kind of file; `staff="..."` replaces `staff.csv`."""
    folder.mkdir(parents=True, exist_ok=True)
    write_bundle(folder / "oneroster.zip")
    (folder / "learning_objectives.json").write_text(json.dumps(OBJECTIVES))
    (folder / "reviews.json").write_text(json.dumps(REVIEWS))
    for name, text in FILES.items():
        (folder / name).write_text(changed.get(Path(name).stem, text))
    return folder
