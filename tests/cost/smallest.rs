//! The other side of the "rebuild" row: the smallest program that calls all three packages once.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)?;
    let text = ureq::get("http://127.0.0.1:9000/user").call()?.body_mut().read_to_string()?;
    let user: serde_json::Value = serde_json::from_str(&text)?;
    println!("user: {user} {bytes:?}");
    Ok(())
}
