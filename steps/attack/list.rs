//! The list of attacks, as `attacks.txt` has it.

/// One block of the list. What each field is for stands at its top.
pub struct Attack {
    pub group: &'static str,
    pub name: &'static str,
    pub file: &'static str,
    pub wants: &'static str,
    pub may: &'static str,
    pub ada: &'static str,
    pub real: &'static str,
    pub words: &'static str,
    pub line: &'static str,
    pub instead: &'static str,
}

/// All attacks, in the order of the lesson.
pub fn attacks() -> Vec<Attack> {
    let lines: Vec<&str> = include_str!("attacks.txt").lines().collect();
    let mut group = "";
    let mut attacks = Vec::new();
    for block in lines.split(|line| line.is_empty()) {
        match block {
            [title] => group = title.trim_start_matches("= "),
            [head, fields @ ..] => attacks.extend(attack(group, head, fields)),
            [] => (),
        }
    }
    attacks
}

fn attack(group: &'static str, head: &'static str, fields: &[&'static str]) -> Option<Attack> {
    let (name, file) = head.split_once(' ')?;
    let field = |start| fields.iter().find_map(|line| line.strip_prefix(start));
    Some(Attack {
        group,
        name,
        file,
        wants: field("wants: ")?,
        may: field("may: ")?,
        ada: field("ada: ")?,
        real: field("real: ")?,
        words: field("words: ")?,
        line: field("- ")?,
        instead: field("+ ").unwrap_or_default(),
    })
}
